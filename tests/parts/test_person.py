"""One person's data: a copy of all, then nothing of it in any file, and every sum as before."""

import asyncio
import json
import stat
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import server
from cdr.rebuild import rebuild
from cdr.rows import Call, SegmentRow
from demo import __file__ as demo
from domain import events as ev
from domain.clock import DAY_MS, Clock, real_clock
from domain.ids import AgentId, CallId, GroupId, OfferId, call_id
from domain.settings import Keep, load_settings
from office.audit import trail
from outside.deliveries import PENDING, Deliveries, Delivery
from recording import RecordingProjection, keys_of, ready_keys
from recording.rows import Message, Recording
from recording.seal import seal
from store.journal import JournalFile
from store.journal_reader import JournalReader, verify
from survey import SurveyProjection
from switchboard.expiring import Expiring, keeping_of
from switchboard.installation import Installation, open_installation, prepare
from switchboard.projector import Projector
from switchboard.rows import projections
from tracing.buffer import Buffer, Captured

ME, OTHER = "13800138765", "13900139000"
SETTINGS = '[demo]\ncrm_port = 0\n[paths]\ndata = "data"\n'
AGENT, GROUP = AgentId("8001"), GroupId("presale")
LINE = '"","{number}","4008000001","hotline","","","","","","2026-11-23 01:00:00"\n'
TABLES: tuple[Any, ...] = (Call.__table__, SegmentRow.__table__)


@dataclass(slots=True)
class Firm:
    """An installation with a past; `now` is its clock, UTC ms."""

    around: Installation
    journal: JournalFile
    now: int
    late: list[ev.Event] = field(default_factory=list)

    async def told(self, at_ms: int, *events: ev.Event) -> None:
        for nth, event in enumerate(events):
            await self.journal.append([(nth, at_ms + nth * 1000, event)])

    async def fold(self) -> None:
        projector = Projector(
            self.journal, self.around.database, projections(self.journal.read_call)
        )
        while await projector.catch_up():
            pass

    def sound(self, call: str, name: str) -> None:
        file = self.around.data / "recordings" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        plain = file.with_name(f"{call}.plain")
        plain.write_bytes(f"{call} speaks".encode())
        keys = ready_keys(self.around.settings)
        assert keys is not None
        seal(plain, file, keys.ring()[0])
        plain.unlink()

    async def inbound(self, number: str, at_ms: int) -> CallId:
        """A call with menu, talk, rating, summary, recording and message."""
        call = call_id(at_ms, at_ms)
        self.sound(call, f"{call}.mp3")
        self.sound(call, f"{call}-message.mp3")
        await self.told(
            at_ms,
            ev.CallArrived(call, "4008000001", "4008000001", number, f"+86{number}", f"t {number}"),
            ev.NoticeHeard(call, "notice_recording", 3.2, "aa11"),
            ev.KeyPressed(call, "menu", "1", "订单"),
            ev.GroupChosen(call, GROUP, 5, "订单"),
            ev.CustomerLookedUp(call, "found", 2.0, f"CUST-{number[-4:]}"),
            ev.OfferMade(call, AGENT, OfferId(at_ms), GROUP, 20, "", ""),
            ev.OfferAnswered(call, AGENT, OfferId(at_ms)),
            ev.TalkEnded(call, AGENT, "caller"),
            ev.SurveyInvited(call, AGENT),
            ev.SurveyAnswered(call, AGENT, 5),
            ev.MessageLeft(call, "presale", f"{call}-message.wav", 4.0),
            ev.CallEnded(call, 16),
            ev.SummarySaved(call, AGENT, "order", "done", f"call {number} back"),
            ev.RecordingKept(call, f"{call}.mp3", 3.0, 40, "0" * 64, 2),
        )
        return call

    async def outbound(self, number: str, at_ms: int) -> CallId:
        call = call_id(at_ms, at_ms)
        self.sound(call, f"{call}.mp3")
        await self.told(
            at_ms,
            ev.DialAsked(call, AGENT, "4008000001", number, "02800000001", (f"one:{number}",)),
            ev.FarAnswered(call, "one"),
            ev.CallEnded(call, 16),
            ev.RecordingKept(call, f"{call}.mp3", 3.0, 40, "0" * 64, 2),
        )
        return call

    def traces(self, call: str, number: str) -> None:
        """What lies beside: SIP, a webhook that waits, Asterisk's own log."""
        data = self.around.data
        trace = Buffer.open(data / "trace" / "trace.db")
        trace.add([Captured(1, "sip-1", call, "a", "b", 17, True, f"INVITE sip:{number}")])
        trace.close()
        outbox = Deliveries(data / "journal" / "outbox.db")
        body = json.dumps({"caller": number})
        outbox.put([Delivery(f"1-{call}", 1, "crm", call, "call.ended", body, PENDING, 0, 1, 1)])
        outbox.close()
        log = data / "run" / "asterisk" / "log" / "cdr-csv" / "Master.csv"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(LINE.format(number=number) + LINE.format(number=OTHER))

    async def rows(self) -> list[list[Any]]:
        async with self.around.database.read() as connection:
            return [
                [tuple(row) for row in await connection.execute(select(t).order_by(*t.primary_key))]
                for t in TABLES
            ]

    async def column(self, column: Any) -> list[Any]:
        async with self.around.database.read() as connection:
            return list((await connection.execute(select(column))).scalars())

    def expiring(self, keep: Keep) -> Expiring:
        self.late.clear()
        keeping = keeping_of(self.around, self.journal, self.late.append)
        clock = self.around.clock.utc_ms
        names = iter(f"~{n:08x}" for n in range(100))
        return Expiring(keep, self.around.database, keeping, clock, lambda: next(names))

    async def look(self, keep: Keep) -> None:
        expiring, more = self.expiring(keep), True
        while more:
            more = await expiring.look()
            await self.told(self.now, *self.late)
            self.late.clear()
            await self.fold()


def holding(folder: Path, text: str) -> list[str]:
    """Name the files in whose bytes a text stands."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return [str(path.relative_to(folder)) for path in files if text.encode() in path.read_bytes()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "yingda.toml").write_text(SETTINGS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def opened(folder: Path) -> Firm:
    clock = Clock(real_clock().mono, lambda: firm.now)
    settings = load_settings(folder / "yingda.toml", {})
    around = open_installation(settings, clock)
    keys_of(settings).start()
    firm = Firm(around, JournalFile.open(around.journal, ballast_bytes=0), real_clock().utc_ms())
    await prepare(firm.around, Path(demo).parent / "config")
    return firm


async def closed(firm: Firm) -> None:
    firm.journal.close()
    await firm.around.database.close()


def run(work: Callable[[], Any]) -> Any:
    return asyncio.run(work())


def test_a_copy_first_then_nothing_is_left_and_the_figures_stay(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def past() -> tuple[str, list[list[Any]]]:
        firm = await opened(folder)
        call = await firm.inbound(ME, firm.now - 3 * DAY_MS)
        await firm.inbound(OTHER, firm.now - 2 * DAY_MS)
        await firm.outbound(ME, firm.now - 40 * DAY_MS)
        await firm.told(firm.now, ev.DialRefused(AGENT, "4008000001", ME, "too_often"))
        firm.traces(call, ME)
        await firm.fold()
        rows = await firm.rows()
        await closed(firm)
        return call, rows

    call, before = run(past)
    assert server.main(["person", "export", "--number", f"+86 {ME}", "--to", "copy.zip"]) == 0
    _see_copy(folder / "copy.zip", call)
    (folder / "copy.zip").unlink()
    assert "138****8765" in capsys.readouterr().out

    assert server.main(["person", "erase", "--number", ME, "--reason", "asked", "--json"]) == 0
    done = json.loads(capsys.readouterr().out)
    assert (done["calls"], done["sounds"], done["held"]) == (2, 3, {})
    for personal in (ME, f"call {ME} back", "CUST-8765", f"{call} speaks"):
        assert holding(folder, personal) == [], personal
    assert holding(folder, OTHER)
    run(lambda: _see_rest(folder, done["name"], before))


def _see_copy(file: Path, call: str) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with zipfile.ZipFile(file) as packed:
        kinds = {
            name.removesuffix(".json"): json.loads(packed.read(name))
            for name in packed.namelist()
            if name.endswith(".json")
        }
        assert packed.read(f"sound/{call}.mp3") == f"{call} speaks".encode()
        assert f"sound/{call}-message.mp3" in packed.namelist()
    assert {row["caller"] for row in kinds["calls"]} == {ME}
    assert [row["customer"] for row in kinds["customers"]] == ["CUST-8765"]
    assert [each["event"] for each in kinds["webhooks"]] == ["call.ended"]
    assert OTHER not in json.dumps(kinds)
    assert len(kinds["calls"]) == 2 and kinds["messages"] and kinds["surveys"] and kinds["facts"]


async def _see_rest(folder: Path, name: str, before: list[list[Any]]) -> None:
    firm = await opened(folder)
    after = await firm.rows()
    blank = {"seq", "caller", "caller_raw", "caller_name", "customer", "summary_note", "sip_id"}
    blank |= {"consent", "has_recording", "has_message", "keys"}
    for table, old, new in zip(TABLES, before, after, strict=True):
        same = [column.name not in blank for column in table.c]
        assert [[v for v, keep in zip(row, same, strict=True) if keep] for row in old] == [
            [v for v, keep in zip(row, same, strict=True) if keep] for row in new
        ]
    assert sorted(await firm.column(Call.caller)) == sorted([name, name, OTHER])
    assert await firm.column(Message.caller) == [OTHER]
    last = (await trail(firm.around.database, limit=1))[0]
    assert (last.what, last.object) == ("person.erase", name)
    reader = JournalReader(firm.around.journal)
    folds = (RecordingProjection(), SurveyProjection())
    assert (await rebuild(firm.around.database, reader, folds)).bad == 0
    reader.close()
    assert await firm.rows() == after
    assert verify(firm.around.journal)[1] == []
    await closed(firm)


def test_what_the_law_keeps_is_not_erased_before_its_time(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def past() -> str:
        firm = await opened(folder)
        await firm.inbound(ME, firm.now - 3 * DAY_MS)
        call = await firm.outbound(ME, firm.now - 29 * DAY_MS)
        await firm.fold()
        await closed(firm)
        return call

    call = run(past)
    assert server.main(["person", "erase", "--number", ME, "--json"]) == 1
    done = json.loads(capsys.readouterr().out)
    assert (done["calls"], list(done["held"])) == (1, [call])
    assert (folder / "data" / "recordings" / f"{call}.mp3").is_file()


async def test_each_kind_is_deleted_at_its_limit_and_calls_out_never_before_30_days(
    folder: Path,
) -> None:
    firm = await opened(folder)
    begun = firm.now
    inside = await firm.inbound(ME, begun)
    out = await firm.outbound(ME, begun + 60_000)
    await firm.fold()
    sounds = firm.around.data / "recordings"
    limits = Keep(recordings_d=7, messages_d=10, callers_d=20)

    async def kept_after(days: float) -> set[str]:
        firm.now = begun + round(days * DAY_MS)
        await firm.look(limits)
        return {file.name for file in sounds.rglob("*.mp3")}

    message = f"{inside}-message.mp3"
    assert await kept_after(6.9) == {f"{inside}.mp3", message, f"{out}.mp3"}
    assert await kept_after(7.1) == {message, f"{out}.mp3"}
    assert sorted(await firm.column(Recording.state)) == ["dropped", "kept", "kept"]
    assert await kept_after(10.1) == {f"{out}.mp3"}
    assert await firm.column(Message.call) == []
    assert set(await firm.column(Call.caller)) == {ME}
    await kept_after(20.1)
    assert sorted(await firm.column(Call.caller)) == sorted([ME, "~00000000"])
    assert await kept_after(29.9) == {f"{out}.mp3"}
    assert await kept_after(30.1) == set()
    assert ME not in await firm.column(Call.caller)
    facts = [record.event for record in firm.journal.read_call(out)]
    assert [each for each in facts if isinstance(each, ev.SoundDropped)] == [
        ev.SoundDropped(out, "talk", "expired")
    ]
    await closed(firm)
