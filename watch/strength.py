"""Check that secrets which people chose, or carriers gave, are not quickly guessed."""

from collections.abc import Iterator

from domain.settings import Settings
from watch.finding import Finding, ok, warn
from watch.world import World

SHORTEST = 16
"""Letters of a secret below which trying all of them is no great work."""


async def strength(world: World) -> Finding:
    """Name the settings with weak secrets; those that we make ourselves are long and random."""
    weak = [
        f"{name}: {why}"
        for name, secret, own in _given(world.settings)
        for why in _why(secret, own)
    ]
    if weak:
        listed = "; ".join(weak)
        return warn(
            "strength",
            f"密码太弱:{listed}",
            f"weak secrets: {listed}",
            "ask the carrier for a long random one; the relay's: openssl rand -hex 24",
        )
    return ok("strength", "密码强度足够", "the secrets that were given to us are strong")


def _given(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """Give each secret with the setting's name and the account that it belongs to."""
    for trunk in settings.trunks:
        if trunk.secret:
            yield f"trunk {trunk.name}", trunk.secret, trunk.username
    if settings.turn.secret:
        yield "turn", settings.turn.secret, ""


def _why(secret: str, own: str) -> Iterator[str]:
    """Say what is weak about it; never the secret itself."""
    if len(secret) < SHORTEST:
        yield f"shorter than {SHORTEST}"
    if secret.isdigit():
        yield "digits only"
    if own and own.lower() in secret.lower():
        yield "holds the account's name"
    if len(set(secret)) < 6:
        yield "hardly any different letters"
