"""Publishing: versions byte for byte, the snapshot, edits, rollback, and the commands."""

import argparse
import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from argon2 import PasswordHasher

import office.rows  # noqa: F401  (its tables hang on Base)
from domain.clock import Clock
from domain.errors import Conflict, Fault, NotFound, Refused
from domain.ids import Instant
from office import audit, edit, snapshot, versions
from office.cli import add_commands
from office.cli_world import OfficeWorld
from office.do_not_call import bar
from office.folder import read_files
from office.links import Names
from office.passwords import Passwords
from office.people import People
from office.publisher import Publisher
from office.versions import Request
from store import Base, Database, open_database

pytestmark = pytest.mark.db
DEMO = Path(__file__).parents[2] / "demo" / "config"
NOW = 1_790_000_000_000
Call = Callable[..., tuple[int, str]]


def flow_check(name: str, text: str, _names: Names) -> list[Fault]:
    """Refuse a flow that says it is broken; the real check is the business of ivr/."""
    return [Fault(f"flows/{name}.yaml", 1, "", "broken")] if text == "broken" else []


async def prepare(db: Database) -> None:
    """Make the tables."""
    names = ("config_version", "audit", "user", "session", "api_key")
    tables = [Base.metadata.tables[name] for name in names]
    async with db.write() as connection:
        await connection.run_sync(Base.metadata.create_all, tables=tables)


@pytest.fixture
async def publisher(database: Database, tmp_path: Path) -> AsyncIterator[Publisher]:
    """A publisher over an empty database."""
    await prepare(database)
    yield Publisher(database, flow_check, tmp_path / "config" / "current.json")


def request(note: str = "", base: int = 0) -> Request:
    """Ask as the manager."""
    return Request("manager", note, NOW, base)


async def test_a_version_is_its_texts_byte_for_byte(publisher: Publisher) -> None:
    files = read_files(DEMO)
    files["firm.yaml"] = files["firm.yaml"].replace("\n", "\r\n") + "# 尾 \U0001f4de\t\r\n"
    published = await publisher.publish(files, request("first"))
    edition = await versions.current(publisher.db)
    assert edition is not None and edition.files == files
    assert edition.version == published.version and published.version.id == 1
    assert snapshot.read(publisher.path) == (published.config, 1)
    assert (await publisher.publish(files, request("same"))).version.id == 1


async def test_nothing_is_in_force_before_the_first(publisher: Publisher) -> None:
    assert await versions.current(publisher.db) is None
    for ask in (publisher.current(), publisher.settle(), versions.get(publisher.db, 1)):
        with pytest.raises(NotFound):
            await ask


async def test_what_is_refused_makes_no_version(publisher: Publisher) -> None:
    files = read_files(DEMO)
    with pytest.raises(Refused):
        await publisher.publish(files | {"flows/service.yaml": "broken"}, request())
    assert await versions.history(publisher.db) == [] and not publisher.path.exists()


async def test_an_edit_leaves_other_texts_alone_and_can_be_rolled_back(
    publisher: Publisher,
) -> None:
    files = read_files(DEMO)
    first = await publisher.publish(files, request())
    agent = {"number": "8007", "name": "钱多", "site": "xian", "groups": ["vip"]}
    second = await publisher.edit(lambda config: edit.put_agent(config, agent), request("8007"))
    assert second.version.id == 2 and len(second.config.agents) == 7
    stored = (await versions.get(publisher.db, 2)).files
    assert {name for name in files if stored[name] != files[name]} == {"agents.yaml"}
    with pytest.raises(Conflict):
        await publisher.edit(lambda config: edit.drop_agent(config, "8007"), request("", 1))
    third = await publisher.roll_back(1, request("back"))
    assert (third.version.id, third.version.digest) == (3, first.version.digest)
    assert (await publisher.current()).config == first.config
    assert [one.id for one in await versions.history(publisher.db)] == [3, 2, 1]
    trail = await audit.trail(publisher.db)
    assert [(entry.what, entry.object) for entry in trail] == [
        ("config.publish", str(number)) for number in (3, 2, 1)
    ]


async def test_of_edits_at_the_same_time_none_is_lost(publisher: Publisher) -> None:
    await publisher.publish(read_files(DEMO), request())
    agents = [
        {"number": f"90{n:02}", "name": "新人", "site": "xian", "groups": ["vip"]} for n in range(6)
    ]
    answers = await asyncio.gather(
        *(
            publisher.edit(lambda config, new=new: edit.put_agent(config, new), request())
            for new in agents
        ),
        return_exceptions=True,
    )
    done = [answer for answer in answers if not isinstance(answer, Exception)]
    assert all(isinstance(answer, Conflict) for answer in answers if answer not in done)
    assert len((await publisher.current()).config.agents) == 6 + len(done)


async def test_a_crash_between_version_and_snapshot_is_mended(publisher: Publisher) -> None:
    files = read_files(DEMO)
    await publisher.publish(files, request())
    changed = files | {"groups.yaml": files["groups.yaml"].replace("ring_s: 15", "ring_s: 25")}
    await versions.publish(publisher.db, changed, request())
    assert snapshot.read(publisher.path)[1] == 1
    settled = await publisher.settle()
    assert snapshot.read(publisher.path) == (settled.config, 2)
    publisher.path.write_text("torn", encoding="utf-8")
    await publisher.settle()
    assert snapshot.read(publisher.path)[1] == 2


@pytest.fixture
def yingda(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Call]:
    """Run a command as the command line does; gives exit status and what was printed."""
    url = f"sqlite:///{tmp_path / 'office.db'}"
    announced: list[int] = []

    async def announce(version: int) -> bool:
        announced.append(version)
        return True

    @asynccontextmanager
    async def world() -> AsyncIterator[OfficeWorld]:
        db = open_database(url)
        await prepare(db)
        clock = Clock(lambda: Instant(0.0), lambda: NOW)
        passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        people = People(db, clock, passwords)
        publisher = Publisher(db, flow_check, tmp_path / "current.json")
        try:
            yield OfficeWorld(publisher, people, clock, announce)
        finally:
            await db.close()

    parser = argparse.ArgumentParser("yingda")
    add_commands(parser.add_subparsers(required=True), world)

    def call(*words: str) -> tuple[int, str]:
        args = parser.parse_args(words)
        status = args.run(args)
        printed = capsys.readouterr()
        return status, printed.out + printed.err

    yield call


def test_import_check_export(yingda: Call, tmp_path: Path) -> None:
    assert yingda("check") == (1, "还没有发布过配置 · no configuration was published yet\n")
    status, said = yingda("config", "import", str(DEMO), "--dry-run", "--json")
    assert status == 0 and len(json.loads(said)["changes"]) > 50
    assert yingda("config", "versions") == (0, "\n")
    status, said = yingda("config", "import", str(DEMO), "--note", "demo", "--json")
    answer = json.loads(said)
    assert (status, answer["version"], answer["taken"]) == (0, 1, True)
    assert [one["login"] for one in answer["logins"]] == [f"800{n}" for n in range(1, 7)]
    assert yingda("config", "export", str(tmp_path / "out"))[0] == 0
    assert read_files(tmp_path / "out") == read_files(DEMO)
    status, said = yingda("check", "--json")
    assert status == 0 and json.loads(said)["drift"] == []
    (tmp_path / "out" / "crm.yaml").write_text(
        "lookup: {url: 'http://crm.example/?n={number}'}", encoding="utf-8"
    )
    status, said = yingda("check", str(tmp_path / "out"))
    assert status == 0 and "~ crm lookup.url" in said
    assert yingda("config", "import", str(tmp_path / "out"))[0] == 0
    assert yingda("config", "rollback", "1")[0] == 0
    status, said = yingda("config", "versions", "--json")
    assert [one["id"] for one in json.loads(said)["versions"]] == [3, 2, 1]


def test_keys_are_made_listed_and_voided(yingda: Call) -> None:
    assert yingda("config", "import", str(DEMO))[0] == 0
    held = ("--hotline", "4008000001", "--group", "presale")
    status, said = yingda("key", "add", "CRM", "--scope", "calls", *held, "--json")
    made = json.loads(said)
    assert status == 0, said
    assert made["key"].startswith("yk_") and made["by"] == "cli"
    assert made["remit"] == {"groups": ["presale"], "hotlines": ["4008000001"], "sites": []}
    assert yingda("key", "add", "x", "--scope", "calls", "--group", "nowhere")[0] == 2
    assert yingda("key", "add", "x", "--scope", "webhooks", "--group", "presale")[0] == 2
    assert yingda("key", "add", "x", "--scope", "reports", "--days", "0")[0] == 2
    status, said = yingda("key", "list")
    assert status == 0 and "有效 good" in said and "[presale]" in said and "yk_" not in said
    assert yingda("key", "revoke", str(made["id"]))[0] == 0
    assert "已作废 void" in yingda("key", "list")[1]
    assert yingda("key", "revoke", "77")[0] == 1


def test_refused_is_2_with_every_fault(yingda: Call, tmp_path: Path) -> None:
    assert yingda("config", "export", str(tmp_path / "x")) == (
        1,
        "还没有发布过配置 · no configuration was published yet\n",
    )
    for name, text in read_files(DEMO).items():
        path = tmp_path / "bad" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        spoilt = text.replace("chengdu", "chengtu") if name == "agents.yaml" else text
        path.write_text(spoilt, encoding="utf-8")
    for words in (("check",), ("config", "import"), ("config", "import", "--dry-run")):
        status, said = yingda(*words, str(tmp_path / "bad"))
        assert status == 2 and "agents.yaml:2: [0].site: " in said, said
        status, said = yingda(*words, str(tmp_path / "bad"), "--json")
        faults = json.loads(said)["faults"]
        assert status == 2 and [fault["line"] for fault in faults] == [2, 3, 4]


def test_user_commands(yingda: Call) -> None:
    status, said = yingda("user", "add", "Boss", "--role", "manager", "--name", "经理", "--json")
    made = json.loads(said)
    assert status == 0 and made["login"] == "boss" and len(made["password"]) == 19
    status, said = yingda("user", "add", "8001", "--role", "agent", "--agent", "8001")
    assert status == 0
    assert yingda("user", "add", "boss", "--role", "manager")[0] == 1
    assert yingda("user", "add", "x y", "--role", "agent")[0] == 2
    assert yingda("user", "disable", "boss")[0] == 0
    status, said = yingda("user", "list", "--json")
    people = {one["login"]: one for one in json.loads(said)["users"]}
    assert people["boss"]["disabled"] and not people["8001"]["disabled"]
    assert made["password"] not in said and "argon2" not in said
    assert yingda("user", "enable", "boss")[0] == 0
    status, said = yingda("user", "passwd", "boss", "--json")
    assert status == 0 and json.loads(said)["password"] != made["password"]
    assert yingda("user", "passwd", "nobody")[0] == 1


def test_agents_come_and_go_as_csv(yingda: Call, tmp_path: Path) -> None:
    assert yingda("config", "import", str(DEMO))[0] == 0
    sheet = tmp_path / "agents.csv"
    assert yingda("agents", "export", str(sheet))[0] == 0
    status, said = yingda("agents", "import", str(sheet), "--dry-run", "--json")
    assert status == 0 and {row["act"] for row in json.loads(said)["rows"]} == {"same"}
    sheet.write_text("工号,姓名,职场,技能组,技能\n8007,钱多,xian,vip:7,repair:9\n", "gbk")
    assert yingda("agents", "import", str(sheet), "--dry-run")[0] == 0
    assert "8007" not in yingda("agents", "export", str(tmp_path / "b.csv"))[1]
    status, said = yingda("agents", "import", str(sheet), "--json")
    done = json.loads(said)
    assert (status, done["version"], done["logins"][0]["login"]) == (0, 2, "8007")
    sheet.write_text("number,site\n8001,mars\n8001,xian\n8002,venus\n")
    status, said = yingda("agents", "import", str(sheet), "--json")
    lines = [(one["line"], one["key"]) for one in json.loads(said)["faults"]]
    assert status == 2 and lines == [(2, "site"), (3, "number"), (4, "site")]
    assert yingda("agents", "import", str(tmp_path / "none.csv"))[0] == 2


def test_do_not_call_commands(yingda: Call) -> None:
    assert yingda("config", "import", str(DEMO))[0] == 0
    status, said = yingda("do-not-call", "add", "+8613800000008", "--why", "客户要求", "--json")
    assert (status, json.loads(said)["version"]) == (0, 2)
    status, said = yingda("do-not-call", "add", "138 0000 0008", "--json")
    assert (status, json.loads(said)["version"]) == (0, 2)  # who asks twice is heard once
    status, said = yingda("do-not-call", "list", "--json")
    row = {"number": "13800000008", "since": "2026-09-21", "why": "客户要求"}
    assert status == 0 and json.loads(said)["rows"][-1] == row
    status, said = yingda("config", "versions")
    assert "do_not_call +138****0008" in said
    assert yingda("do-not-call", "remove", "013800000008")[0] == 0
    assert yingda("do-not-call", "remove", "013800000008")[0] == 1
    status, said = yingda("do-not-call", "add", "abc")
    assert status == 2 and "do_not_call.yaml" in said


async def test_a_number_is_barred_beside_somebody_elses_publish(publisher: Publisher) -> None:
    files = read_files(DEMO)
    await publisher.publish(files, request("first"))
    numbers = [f"1380000{n:04}" for n in range(3)]
    await asyncio.gather(*(bar(publisher, number, "", request()) for number in numbers))
    barred = {one.number for one in (await publisher.current()).config.do_not_call}
    assert set(numbers) <= barred
