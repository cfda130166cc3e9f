"""Before maintenance, one person's data, the support bundle: what only the command line could."""

import io
import json
import tarfile
import zipfile

import pytest

from domain import events as ev
from domain.clock import DAY_MS
from domain.ids import AgentId, CallId, call_id
from domain.places import JOURNAL
from recording.retention import FLOOR_OUT_D
from store.journal import JournalFile
from switchboard.projector import Projector
from switchboard.rows import projections
from tests.web.conftest import Browser, EngineEnd, Enter, Firm

PERSON, DRAIN = "/api/v1/admin/person", "/api/v1/admin/drain"
NUMBER, MASKED = "13800138765", "138****8765"


@pytest.fixture
async def dialled(firm: Firm) -> CallId:
    """Let the firm have called somebody ten days ago: fact and row."""
    at = firm.world.clock.utc_ms() - 10 * DAY_MS
    call = call_id(at, 7)
    journal = JournalFile.open(firm.world.data / JOURNAL, ballast_bytes=0)
    asked = ev.DialAsked(call, AgentId("8001"), "4008000001", NUMBER, "02800000001", ("one",))
    await journal.append([(1.0, at, asked), (2.0, at + 5000, ev.CallEnded(call, 16))])
    projector = Projector(journal, firm.world.db, projections(journal.read_call))
    while await projector.catch_up():
        pass
    journal.close()
    return call


async def doings(admin: Browser) -> list[str]:
    """Read the newest acts off the audit trail."""
    _, trail = await admin.ask("GET", "/api/v1/admin/audit")
    return [row["what"] for row in trail["rows"]]


async def test_what_is_kept_of_a_number_is_counted_and_given_and_not_erased_too_soon(
    enter: Enter, firm: Firm, engine_end: EngineEnd, dialled: CallId
) -> None:
    admin = await enter("admin")
    status, kept = await admin.ask("POST", f"{PERSON}/look", {"number": f"+86 {NUMBER}"})
    assert (status, kept["number"], kept["calls"], kept["held"]) == (200, MASKED, 1, 1), kept
    assert kept["held_until"] - kept["first"] == FLOOR_OUT_D * DAY_MS
    status, packed = await admin.ask("POST", f"{PERSON}/export", {"number": NUMBER})
    assert status == 200, packed
    with zipfile.ZipFile(io.BytesIO(packed)) as copy:
        assert [row["call"] for row in json.loads(copy.read("calls.json"))] == [dialled]
    assert not list(firm.world.data.glob("aside.*")), "no copy stays"
    wish = {"number": NUMBER, "again": "13800138766", "reason": "本人要求"}
    status, refused = await admin.ask("POST", f"{PERSON}/erase", wish)
    assert (status, refused["field"]) == (422, "again")
    held = {"calls": [], "sounds": 0, "held": {dialled: kept["held_until"]}}
    engine_end.answers["person.erase"] = held
    status, done = await admin.ask("POST", f"{PERSON}/erase", wish | {"again": NUMBER})
    assert (status, done["calls"], done["held"]) == (200, 0, 1), done
    assert done["held_until"] == kept["held_until"]
    assert engine_end.asked[-1]["args"]["calls"] == [dialled]
    assert (await doings(admin))[:3] == ["person.erase", "person.export", "person.look"]
    _, trail = await admin.ask("GET", "/api/v1/admin/audit")
    assert NUMBER not in str(trail), "the trail names nobody"


async def test_nothing_is_kept_of_a_stranger_and_no_number_is_none(
    enter: Enter, dialled: CallId
) -> None:
    admin = await enter("admin")
    _, kept = await admin.ask("POST", f"{PERSON}/look", {"number": "13900001111"})
    assert (kept["calls"], kept["held"], kept["lists"]) == (0, 0, [])
    status, said = await admin.ask("POST", f"{PERSON}/export", {"number": "13900001111"})
    assert (status, "没有" in said["message_zh"]) == (409, True), said
    status, said = await admin.ask("POST", f"{PERSON}/look", {"number": "nobody"})
    assert (status, said["field"]) == (422, "number")


async def test_nobody_is_erased_while_the_engine_is_away(
    enter: Enter, engine_end: EngineEnd, dialled: CallId
) -> None:
    admin = await enter("admin")
    await engine_end.close()
    wish = {"number": NUMBER, "again": NUMBER, "reason": "x"}
    status, said = await admin.ask("POST", f"{PERSON}/erase", wish)
    assert (status, said["code"]) == (503, "engine_unavailable")


async def test_new_calls_are_turned_away_and_taken_again(
    enter: Enter, engine_end: EngineEnd
) -> None:
    admin = await enter("admin")
    engine_end.answers["drain"] = {"on": True, "left": 2, "new": "busy", "prompt": "", "by": "x"}
    assert (await admin.ask("PUT", DRAIN, {"prompt": "no_such"}))[0] == 422
    status, now = await admin.ask("PUT", DRAIN, {"new": "busy"})
    assert (status, now["on"], now["left"]) == (200, True, 2)
    args = engine_end.asked[-1]["args"]
    assert (args["do"], args["new"], args["by"]) == ("begin", "busy", "admin")
    engine_end.answers["drain"] = {"on": False, "left": 2}
    assert (await admin.ask("DELETE", DRAIN))[1]["on"] is False
    assert (await admin.ask("GET", DRAIN))[1]["left"] == 2
    assert (await doings(admin))[:2] == ["drain.end", "drain.begin"]


async def test_the_support_bundle_holds_no_secret(enter: Enter, firm: Firm) -> None:
    admin, secret = await enter("admin"), firm.world.secret("w8001")
    status, packed = await admin.ask("POST", "/api/v1/admin/support")
    assert status == 200, packed
    with tarfile.open(fileobj=io.BytesIO(packed)) as bundle:
        names = bundle.getnames()
        texts = [file.read() for name in names if (file := bundle.extractfile(name))]
    assert {"doctor.json", "settings.json", "about.json"} <= set(names)
    assert not any(secret.encode() in text for text in texts)
    assert (await doings(admin))[0] == "support.bundle"
