"""Voicemail: the boxes of one's groups, what is in them and what was done about it.

An agent sees the boxes of the own groups, who leads the floor those looked after or all. Each
change is audited.
"""

from aiohttp import web

from domain.errors import NotFound
from office import audit
from office.texts import both
from recording.messages import Left, Wanted, mark, message, messages, unheard
from web.guard import Who
from web.masking import masked
from web.recordings import MESSAGE, play, sound
from web.schema_desk import Named
from web.schema_messages import MessageMark, MessagePage, MessageRow, MessagesQuery, Unheard
from web.scope import scope_of
from web.table import API, Ask, Nothing, table
from web.world import World

boxes = table("messages")

RIGHT = "messages.see"


def boxes_of(world: World, who: Who) -> frozenset[str] | None:
    """Name the boxes that a person may open, None = all."""
    return scope_of(world, who).groups


async def own_message(world: World, who: Who, call: str) -> Left | None:
    """Give the message of a call if it lies in a box of this person."""
    found = await message(world.db, call)
    mine = boxes_of(world, who)
    return found if found and (mine is None or found.box in mine) else None


@boxes.route("GET ./messages", RIGHT)
async def list_messages(ask: Ask[MessagesQuery, Nothing]) -> MessagePage:
    """List voicemail of the own boxes, newest first."""
    world, query = ask.world, ask.query
    mine = boxes_of(world, ask.me)
    wanted = Wanted(mine, query.box or "", query.show == "open", query.before, query.limit)
    found = await messages(world.db, wanted)
    groups = [each for each in world.config.now.groups if mine is None or each.id in mine]
    return MessagePage(
        rows=[_row(world, each) for each in found],
        boxes=[Named(id=group.id, name=group.name) for group in groups],
        unheard=await unheard(world.db, mine),
        next=found[-1].at if len(found) == query.limit else None,
    )


def _row(world: World, left: Left) -> MessageRow:
    now = world.config.now
    groups = {group.id: group.name for group in now.groups}
    hotlines = {hotline.number: hotline.name for hotline in now.hotlines}
    row = masked({name: getattr(left, name) for name in Left.__slots__})
    named = {
        "box_name": groups.get(left.box, left.box),
        "hotline_name": hotlines.get(left.hotline, left.hotline),
        "url": f"{API}/messages/{left.call}",
    }
    return MessageRow.model_validate(row | named)


@boxes.route("GET ./messages/unheard", RIGHT)
async def count_messages(ask: Ask[Nothing, Nothing]) -> Unheard:
    """Count what nobody has listened to in the own boxes."""
    return Unheard(unheard=await unheard(ask.world.db, boxes_of(ask.world, ask.me)))


@boxes.route("GET ./messages/{call}", RIGHT, gives="audio/mpeg")
async def play_message(ask: Ask[Nothing, Nothing]) -> web.StreamResponse:
    """Play the voicemail that a caller left; listening is audited, and the message is not new."""
    found = await _own(ask)
    kept = await sound(ask.world, found.call, MESSAGE)
    answer = await play(ask, kept.file if kept else "", "message.listen")
    if found.state == "new":
        await _mark(ask, found.call, MessageMark(state="heard", note=found.note))
    return answer


@boxes.route("PUT ./messages/{call}", RIGHT)
async def mark_message(ask: Ask[Nothing, MessageMark]) -> MessageRow:
    """Say what was done about a message: heard, called back, done, new again; with a note."""
    found = await _own(ask)
    await _mark(ask, found.call, ask.body)
    return _row(ask.world, await _own(ask))


async def _own(ask: Ask[Nothing, Nothing] | Ask[Nothing, MessageMark]) -> Left:
    """Give the message of the path; those of other boxes are as if they did not exist."""
    found = await own_message(ask.world, ask.me, ask.path("call"))
    if found is None:
        raise NotFound(both("没有这条留言", "there is no such message"))
    return found


async def _mark(
    ask: Ask[Nothing, Nothing] | Ask[Nothing, MessageMark], call: str, body: MessageMark
) -> None:
    at, who = ask.world.clock.utc_ms(), ask.me.login
    async with ask.world.db.write() as connection:
        await mark(connection, call, (body.state, body.note, who, at))
        act = audit.Act(who, "message.mark", call)
        await audit.note(connection, at, act, {"state": body.state, "note": body.note})
