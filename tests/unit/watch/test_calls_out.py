"""Doctor says which hotline cannot call out because its caller id is on no trunk."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from domain.settings import Settings, parse_settings
from office import snapshot
from office.compile import compile_config
from office.folder import read_files
from watch.calls_out import calls_out

DEMO = Path(__file__).parents[3] / "demo" / "config"
TRUNK = '[[trunk]]\nname = "a"\nkind = "address"\nhost = "192.0.2.1"\nmatch = ["192.0.2.1"]\n'


@dataclass(frozen=True)
class House:
    """Settings and a data folder."""

    settings: Settings

    @property
    def data(self) -> Path:
        return self.settings.data


@pytest.mark.parametrize(
    ("trunks", "old", "new", "level", "says"),
    [
        ("", "", "", "ok", "no trunk"),
        (TRUNK, "", "", "warn", "4008000001"),
        (TRUNK + 'numbers = ["+862800000001"]\n', "", "", "ok", "1 hotlines can"),
        (TRUNK, "enabled: true\n  timezone", "enabled: false\n  timezone", "ok", "switched off"),
    ],
)
async def test_caller_ids_against_trunks(
    tmp_path: Path, trunks: str, old: str, new: str, level: str, says: str
) -> None:
    house = House(parse_settings(trunks, {}, root=tmp_path))
    assert (await calls_out(house)).en == "no configuration is in force yet"  # type: ignore[arg-type]
    files = read_files(DEMO)
    files["firm.yaml"] = files["firm.yaml"].replace(old, new) if old else files["firm.yaml"]
    config = compile_config(files, lambda name, text, names: [])
    snapshot.write(config, 1, house.data / "config" / "current.json")
    found = await calls_out(house)  # type: ignore[arg-type]
    assert found.level == level and says in found.en, found
