"""A configuration as a folder of readable text: read with every fault at once, and written."""

from collections.abc import Mapping
from pathlib import Path

from domain.errors import Fault, Refused
from office.atomic import write_atomic
from office.compile import FlowCheck, compile_config
from office.model import Config
from office.render import render
from office.sections import FLOWS
from office.texts import both

LARGEST = 1_000_000
"""Bytes of one file; more is not a configuration but a mistake."""
_NOTHING: Mapping[str, str] = {}


def read_files(folder: Path) -> dict[str, str]:
    """Read the folder's YAML texts, byte for byte, by their name in it."""
    if not folder.is_dir():
        text = both("没有这个文件夹", "is not a folder")
        raise Refused(Fault(str(folder), 0, "", text))
    paths = [*sorted(folder.glob("*.yaml")), *sorted((folder / FLOWS).glob("*.yaml"))]
    files: dict[str, str] = {}
    faults: list[Fault] = []
    for path in paths:
        name = path.relative_to(folder).as_posix()
        try:
            files[name] = _text(path)
        except (OSError, ValueError) as error:
            text = both("读不了这个文件", f"cannot be read: {error}")
            faults.append(Fault(name, 0, "", text))
    if faults:
        raise Refused(*faults)
    return files


def read(folder: Path, check_flow: FlowCheck) -> Config:
    """Read and check a configuration folder; `Refused` carries every fault."""
    return compile_config(read_files(folder), check_flow)


def write(config: Config, folder: Path, kept: Mapping[str, str] = _NOTHING) -> list[str]:
    """Write a configuration to a folder, stored texts as they are; gives the files' names."""
    return write_files(render(config, kept), folder)


def write_files(files: Mapping[str, str], folder: Path) -> list[str]:
    """Write texts to a folder; a YAML file there that is none of them is left and named."""
    for name, text in files.items():
        write_atomic(folder / name, text)
    return sorted(files)


def _text(path: Path) -> str:
    data = path.read_bytes()
    if len(data) > LARGEST:
        raise ValueError(f"larger than {LARGEST} bytes")
    return data.decode("utf-8")
