"""The flow page's bench: texts that are not published are checked, changed and compared.

Nothing is kept here; the page holds the text and sends it along.
"""

import asyncio
from dataclasses import asdict

from domain.errors import Conflict, Fault, Refused
from ivr.compare import compare
from ivr.forms import form_of
from ivr.picture import drop_node, picture, rename_node
from ivr.rewrite import put
from ivr.texts import say
from office.model import Config
from office.texts import both
from speech import prompt_names
from switchboard.flows import node_kinds
from web.flow_text import drawn, shipped_words
from web.flows import EDIT, SEE
from web.schema_flows import (
    DiffRow,
    Drawn,
    FlowDiff,
    FlowKinds,
    FlowText,
    NamedText,
    NodeKind,
    Rewrite,
    TwoTexts,
)
from web.table import Ask, Nothing, table

bench = table("flows: the bench")


@bench.route("GET ./flows/kinds", SEE)
async def list_kinds(ask: Ask[Nothing, Nothing]) -> FlowKinds:
    """List the kinds of node with their forms, and the prompts, groups … they may name."""
    now = ask.world.config.now
    forms = [form_of(kind, made) for kind, made in node_kinds().items()]
    return FlowKinds(
        kinds=[
            NodeKind(kind=form.kind, fields=dict(form.schema), roles=dict(form.roles))
            for form in forms
        ],
        prompts=_prompts(now),
        groups=[_named(one.id, one.name, one.name) for one in now.groups],
        calendars=[_named(one.id, one.id, one.id) for one in now.calendars],
        agents=[_named(one.number, one.name, one.name) for one in now.agents],
        flows=[_named(name, name, name) for name in sorted(now.flows)],
    )


def _named(name: str, zh: str, en: str) -> NamedText:
    return NamedText(name=name, zh=zh, en=en)


def _prompts(config: Config) -> list[NamedText]:
    """List the shipped prompts, and the firm's sentences which may say one anew."""
    found = {
        name: (shipped_words(name, "zh"), shipped_words(name, "en")) for name in prompt_names()
    }
    found |= {one.id: (one.zh, one.en) for one in config.prompts}
    return [_named(name, zh, en) for name, (zh, en) in sorted(found.items())]


@bench.route("POST ./flows/check", SEE)
async def check_text(ask: Ask[Nothing, FlowText]) -> Drawn:
    """Check a text that is not published, and draw it."""
    return await asyncio.to_thread(drawn, ask.world, ask.body.name, ask.body.text)


@bench.route("POST ./flows/rewrite", EDIT)
async def rewrite_text(ask: Ask[Nothing, Rewrite]) -> Drawn:
    """Change one thing of a text: its comments, its order and its other lines stay."""
    text = await asyncio.to_thread(_rewritten, ask.body)
    return await asyncio.to_thread(drawn, ask.world, ask.body.name, text)


def _rewritten(wish: Rewrite) -> str:
    if wish.do == "set":
        return _set(wish)
    there = {box.name for box in picture(wish.text, node_kinds()).boxes}
    if wish.do == "add":
        _free(wish.node, there)
        return put(wish.text, ("nodes", wish.node), wish.fields)
    if wish.node not in there:
        raise Refused(Fault("", 0, "node", say("no_node", name=wish.node)))
    if wish.do == "drop":
        return drop_node(wish.text, wish.node)
    _free(wish.to, there)
    return rename_node(wish.text, wish.node, wish.to, node_kinds())


def _set(wish: Rewrite) -> str:
    text, order = wish.text, _order(wish)
    path = ("nodes", wish.node) if wish.node else ()
    for name, value in wish.fields.items():
        text = put(text, (*path, name), value, order)
    return text


def _order(wish: Rewrite) -> tuple[str, ...]:
    """Give the fields of the node's kind in the order people write them."""
    boxes = picture(wish.text, node_kinds()).boxes
    kind = next((box.kind for box in boxes if box.name == wish.node), "")
    made = node_kinds().get(str(wish.fields.get("kind", kind)))
    return tuple(made.model_fields) if made else ()


def _free(name: str, there: set[str]) -> None:
    if not name or not name[0].isalpha() or not name.replace("-", "").replace("_", "").isalnum():
        raise Refused(Fault("", 0, "node", say("bad_name")))
    if name in there:
        raise Conflict(both(f"已有节点「{name}」", f"there is a node {name} already"))


@bench.route("POST ./flows/diff", SEE)
async def compare_texts(ask: Ask[Nothing, TwoTexts]) -> FlowDiff:
    """Put two texts side by side, line by line."""
    rows = await asyncio.to_thread(compare, ask.body.left, ask.body.right)
    return FlowDiff(rows=[DiffRow.model_validate(asdict(row)) for row in rows])
