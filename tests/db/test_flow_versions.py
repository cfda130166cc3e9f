"""Flows by version: a broken publish leaves the old one, a roll back gives it again."""

import json
from pathlib import Path

import pytest

from domain.errors import Refused
from office import snapshot
from office.folder import read_files
from office.publisher import Publisher
from office.versions import Request
from store import Base, Database
from switchboard.flows import check_flow, known_of
from switchboard.plan import Plan, plan_of

pytestmark = pytest.mark.db
DEMO = Path(__file__).parents[2] / "demo" / "config"
FLOW = "flows/survey.yaml"
NEW = "flow: survey\nstart: bye\nnodes:\n  bye: {kind: hang_up, prompts: [goodbye]}\n"
BROKEN = NEW.replace("start: bye", "start: nowhere")


def in_force(path: Path) -> Plan:
    """Ready what the engine would read now."""
    config, version = snapshot.read(path)
    return plan_of(config, version, known_of(config))


async def test_broken_leaves_the_old_and_a_roll_back_gives_it_again(
    database: Database, tmp_path: Path
) -> None:
    tables = [Base.metadata.tables[name] for name in ("config_version", "audit")]
    async with database.write() as connection:
        await connection.run_sync(Base.metadata.create_all, tables=tables)
    publisher = Publisher(database, check_flow, tmp_path / "current.json")
    files = read_files(DEMO)

    def request() -> Request:
        return Request("manager", "", 1_790_000_000_000)

    await publisher.publish(files, request())
    first = in_force(publisher.path)
    text = publisher.path.read_bytes()
    with pytest.raises(Refused):
        await publisher.publish(files | {FLOW: BROKEN}, request())
    assert publisher.path.read_bytes() == text

    await publisher.publish(files | {FLOW: NEW}, request())
    second = in_force(publisher.path)
    assert (second.version, list(second.flows["survey"].nodes)) == (2, ["bye"])

    await publisher.roll_back(1, request())
    third = in_force(publisher.path)
    assert third.version == 3 and third.flows == first.flows
    assert third.config.flows["survey"] == files[FLOW]
    assert json.loads(publisher.path.read_text())["version"] == 3
