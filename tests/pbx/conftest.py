"""Stories share one event loop, in which they are told side by side; and a bare Asterisk."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from domain.errors import PbxUnavailable
from domain.settings import Settings, parse_settings
from pbx.asterisk import PrivateAsterisk
from pbx.install import Installed, config_source, find_asterisk, read_templates, write_config
from pbx.render import AgentPhones, Node, Plan, Secrets, render
from tests.house.system import System, free_port
from tests.house.together import Together

DATA = Path(__file__).resolve().parents[2] / "var"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def together(system: System, request: pytest.FixtureRequest) -> AsyncIterator[Together]:
    """Tell every chosen story of this module, as many at once as there are lanes."""
    chosen = [
        item.function.story  # type: ignore[attr-defined]
        for item in request.session.items
        if item.path == request.path and hasattr(getattr(item, "function", None), "story")
    ]
    together = Together(system, chosen)
    yield together
    await together.close()


@pytest.fixture(scope="session")
def installed() -> Installed:
    try:
        return find_asterisk(DATA)
    except PbxUnavailable as problem:
        pytest.skip(str(problem))


@pytest.fixture
def settings() -> Settings:
    ports = [free_port() for _ in range(4)]
    return parse_settings(
        f"[sip]\nport = {ports[0]}\n[ports]\nami = {ports[1]}\nagi = {ports[2]}\n"
        f'asterisk_http = {ports[3]}\n[media]\nrtp_ports = "27000-27099"\n',
        {},
    )


@pytest.fixture
async def asterisk(
    installed: Installed, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[PrivateAsterisk]:
    run = tmp_path_factory.mktemp("ast")
    node = Node("node1", "t0ken", run, installed.modules, installed.share, run / "prompts", 0)
    secrets = Secrets("e" * 24, "w" * 24, "p" * 24, "t" * 24, {}, ("c" * 24,) * 4)
    agents = (AgentPhones("1001", "a" * 24, "b" * 24),)
    plan = Plan(settings, secrets, node, agents, ("4001000001",), ("sales",))
    write_config(render(read_templates(config_source()), plan), run)
    process = PrivateAsterisk(installed.binary, run, listening(settings))
    await process.start()
    yield process
    await process.stop()


def listening(settings: Settings) -> dict[str, tuple[str, int]]:
    ours = ("sip.port", "ports.ami", "ports.asterisk_http")
    return {name: place for name, place in settings.taken_ports.items() if name in ours}
