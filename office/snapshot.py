"""The compiled configuration as one file: the engine runs from it, never from SQL."""

import json
from pathlib import Path

from pydantic import ValidationError

from domain.errors import Fault, NotFound, Refused
from office.atomic import write_atomic
from office.faults import complaints
from office.model import Config
from office.reading import dotted
from office.texts import both


def write(config: Config, version: int, path: Path) -> None:
    """Put the snapshot in its place, whole or not at all."""
    body = {"version": version, "config": config.model_dump(mode="json", by_alias=True)}
    write_atomic(path, json.dumps(body, ensure_ascii=False, indent=1) + "\n")


def read(path: Path) -> tuple[Config, int]:
    """Read the snapshot and its version; `NotFound` before the first publish."""
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        return Config.model_validate(body["config"]), int(body["version"])
    except FileNotFoundError as error:
        text = both("还没有发布过配置", "no configuration was published yet")
        raise NotFound(text) from error
    except ValidationError as error:
        faults = [Fault(path.name, 0, dotted(at), text) for at, text in complaints(error)]
        raise Refused(*faults) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        text = both("配置快照损坏，请重新发布", "the snapshot is damaged; publish again")
        raise Refused(Fault(str(path), 0, "", text)) from error
