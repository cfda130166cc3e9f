"""The firm's names and choices, as every page needs them for its lists and labels."""

from collections.abc import Iterable

from office.model import BreakReason, Choice
from web.guard import is_secure
from web.schema_desk import AgentChoice, HotlineChoice, Meta, Named, SummaryChoices, Words
from web.table import SIGNED_IN, Ask, Nothing, table

meta = table("meta")


def _words(choices: Iterable[Choice | BreakReason]) -> list[Words]:
    return [
        Words(
            id=choice.id,
            zh=choice.name.zh,
            en=choice.name.en,
            max_minutes=getattr(choice, "max_minutes", None),
        )
        for choice in choices
    ]


@meta.route("GET ./meta", SIGNED_IN)
async def show_meta(ask: Ask[Nothing, Nothing]) -> Meta:
    """Give names of hotlines, groups, agents, sites, brands and the reasons to choose from."""
    config, firm = ask.world.config.now, ask.world.config.now.firm
    return Meta(
        firm=firm.name,
        hotlines=[
            HotlineChoice(
                number=line.number,
                name=line.name,
                brand=line.brand,
                calls_out=firm.calls_out.enabled and bool(line.caller_ids),
            )
            for line in config.hotlines
        ],
        groups=[Named(id=group.id, name=group.name) for group in config.groups],
        agents=[
            AgentChoice(
                number=agent.number,
                name=agent.name,
                site=agent.site,
                groups=list(agent.groups),
                mobile=bool(agent.mobile),
            )
            for agent in config.agents
        ],
        sites=[Named(id=site.id, name=site.name) for site in firm.sites],
        brands=[Named(id=brand.id, name=brand.name) for brand in firm.brands],
        break_reasons=_words(firm.break_reasons),
        decline_reasons=_words(firm.decline_reasons),
        summary=SummaryChoices(
            categories=_words(firm.summary.categories), results=_words(firm.summary.results)
        ),
        version=ask.world.config.version,
        secure=is_secure(ask.request),
        consent_needed=firm.calls_out.consent == "required",
    )
