"""Check of the key that recordings are locked with."""

from recording import KeyUnfit, keys_of
from watch.finding import Finding, fail, ok
from watch.world import World

KEY = "recordings-key"


async def recordings_key(world: World) -> Finding:
    """Check that the key is there, ours alone and the one of these recordings."""
    keys = keys_of(world.settings)
    if world.settings.recordings.encrypt == "off" and not keys.needed():
        return ok(KEY, "录音不加密", "recordings are not locked")
    if not keys.file.exists() and not keys.needed():
        return ok(KEY, "下次启动时生成录音密钥", "the next start makes the key of the recordings")
    try:
        found = keys.ring()
    except KeyUnfit as unfit:
        zh, _, en = str(unfit).partition(" · ")
        return fail(KEY, zh, en, "docs/howto/backup.md; recordings wait in the spool meanwhile")
    old = f", {len(found) - 1} older" if found[1:] else ""
    return ok(KEY, f"录音密钥 {found[0].id.hex()}", f"key {found[0].id.hex()}{old}: keep a copy")
