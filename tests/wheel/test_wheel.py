"""The wheel, built and installed as a stranger would: every room, page, prompt and text inside."""

import asyncio
import json
import os
import subprocess
import sys
import tomllib
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.firm import SERVICE
from tests.house.scene import scene_on
from tests.house.system import System

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "web/pages/index.html"
ROOMS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "root_packages"
]
SHARE = ".data/data/share/yingda/"
INSIDE = (
    "web/pages/index.html",
    "web/pages/assets/",
    "demo/config/hotlines.yaml",
    "demo/config/flows/service.yaml",
    "demo/config/flows/service.test.yaml",
    "speech/prompts/texts.yaml",
    "store/migrations/script.py.mako",
    "store/migrations/versions/0001_first_tables.py",
    f"{SHARE}asterisk-config/templates/extensions.conf",
    f"{SHARE}asterisk-config/get-asterisk.sh",
    f"{SHARE}setup/apart.sh",
    "dist-info/licenses/LICENSE",
)

pytestmark = [pytest.mark.wheel, pytest.mark.timeout(900)]


def run(*argv: str | Path, cwd: Path) -> str:
    """Run a program away from the checkout; its output, or a failure that shows it."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("YINGDA_", "PYTHON"))}
    done = subprocess.run(
        [str(arg) for arg in argv],
        cwd=cwd,
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert done.returncode == 0, f"{argv[:4]} gave {done.returncode}:\n{done.stdout[-4000:]}"
    return done.stdout


def build(to: Path, source: Path = ROOT) -> Path:
    """Build the wheel with the hatchling that is locked here."""
    call = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", to, source)
    run(*call, cwd=to)
    return next(to.glob("yingda-*.whl"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not PAGES.is_file():
        if os.environ.get("CI") == "true":
            pytest.fail("the pages are not built: make dev")
        pytest.skip("the pages are not built: make dev")
    return build(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def place(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An environment of its own with the wheel and what it asks for, at the locked versions."""
    place = tmp_path_factory.mktemp("place")
    lock = (ROOT / "requirements.lock").read_text().splitlines()
    pins = [line.rstrip("\\ ") for line in lock if "==" in line and line[0].isalpha()]
    (place / "pins.txt").write_text("\n".join(pins) + "\n")
    run(sys.executable, "-m", "venv", place / "venv", cwd=place)
    pip = (place / "venv/bin/python", "-m", "pip", "install", "-q", "--disable-pip-version-check")
    run(*pip, "-c", place / "pins.txt", wheel, cwd=place)
    yield place


def test_everything_is_inside(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    missing = [want for want in INSIDE if not any(want in name for name in names)]
    assert not missing
    for language in ("zh", "en"):
        spoken = [n for n in names if n.startswith(f"speech/prompts/{language}/")]
        assert len(spoken) > 50, f"prompts of {language}: {len(spoken)}"
    templates = [n for n in names if "/templates/" in n and n.endswith(".conf")]
    assert len(templates) == len(list((ROOT / "asterisk-config/templates").glob("*.conf")))


def test_nothing_foreign_is_inside(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    allowed = (*(f"{room}/" for room in ROOMS), "server.py", "yingda-")
    assert [name for name in names if not name.startswith(allowed)] == []
    assert [name for name in names if name.startswith(("web/ui", "web/node_modules"))] == []


def test_rooms_are_ours(place: Path) -> None:
    code = (
        "import importlib.metadata as m, json;"
        f"p = m.packages_distributions(); print(json.dumps([p.get(r) for r in {ROOMS!r}]))"
    )
    owners = json.loads(run(place / "venv/bin/python", "-c", code, cwd=place))
    assert owners == [["yingda"]] * len(ROOMS)


def test_dependencies_are_whole(place: Path) -> None:
    run(place / "venv/bin/python", "-m", "pip", "check", cwd=place)


def test_command_explains_itself(place: Path) -> None:
    text = run(place / "venv/bin/yingda", "--help", cwd=place)
    for command in ("run", "call", "report", "check"):
        assert command in text


def test_demo_configuration_is_sound(place: Path) -> None:
    demo = next((place / "venv/lib").glob("python3*/site-packages/demo/config"))
    run(place / "venv/bin/yingda", "db", "upgrade", cwd=place)
    run(place / "venv/bin/yingda", "check", demo, cwd=place)


def test_installed_templates_are_found(place: Path) -> None:
    code = "import pbx.install as i; print(len(i.read_templates(i.config_source())))"
    assert int(run(place / "venv/bin/python", "-c", code, cwd=place)) >= 20


class Stranger(System):
    """An installation that runs from the wheel, far from the checkout, as it comes."""

    def __init__(self, root: Path, venv: Path) -> None:
        super().__init__(root)
        self.folder, self.venv = root, venv

    def prepare(self) -> None:
        """Nothing: the first start brings the demo's configuration."""

    def command(self, *words: str) -> list[str]:
        """Give the command line of the installed `yingda WORDS`."""
        return [str(self.venv / "bin/yingda"), "--settings", str(self.file), *words]


def front_page(system: System) -> bytes:
    """Fetch what a browser gets first."""
    with urllib.request.urlopen(f"{system.url}/") as page:
        return bytes(page.read())


async def test_main_call(place: Path, tmp_path: Path) -> None:
    system = Stranger(tmp_path, place / "venv")
    try:
        system.start()
        async with scene_on(system, SERVICE) as scene:
            agent = await scene.agent(0)
            steps = ("call", SERVICE.hotline, "--keys", "3,1", "--hold", "15", "--json")
            placing = asyncio.create_task(asyncio.to_thread(system.yingda, *steps))
            call = await agent.takes()
            report = json.loads((await placing).stdout)
            assert report["call"] == call
            await scene.row(call)
            told = system.yingda("report", "group", "--from", "today", "--format", "json").stdout
            rows = {row["group"]: row for row in json.loads(told)["rows"]}
            assert rows["presale"]["answered"] == 1
            assert b'<div id="app">' in await asyncio.to_thread(front_page, system)
    finally:
        system.stop()


def test_refuses_without_pages(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "server.py"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    call = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path)
    done = subprocess.run([*map(str, call), str(tmp_path)], capture_output=True, text=True)
    assert done.returncode != 0
    assert "make dev" in done.stdout + done.stderr
