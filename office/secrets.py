"""Secrets that the system makes for itself, in var/secrets.json, readable by its owner only."""

import fcntl
import json
import os
import secrets
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from domain.errors import Fault, NotFound, Refused
from office.atomic import write_atomic
from office.texts import both

WEBHOOK = "webhook-"
"""Names that begin so get a secret in the form of Standard Webhooks: `whsec_` and base64."""


def made_secret(name: str, chance: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """Make a secret for a name; letters and digits only, at least 24 of them."""
    if name.startswith(WEBHOOK):
        return "whsec_" + b64encode(chance(32)).decode()
    return chance(18).hex()


def secrets_for(path: Path, names: Iterable[str]) -> dict[str, str]:
    """Give the secrets of these names; those that are missing are made and kept."""
    wanted = list(names)
    with _alone(path):
        known = _load(path)
        missing = [name for name in wanted if name not in known]
        if missing or not _private(path):
            known |= {name: made_secret(name) for name in missing}
            write_atomic(path, json.dumps(known, indent=1, sort_keys=True) + "\n", 0o600)
    return {name: known[name] for name in wanted}


def renew_secret(path: Path, name: str) -> str:
    """Make a new secret for a name; the old one is good no more."""
    with _alone(path):
        made = made_secret(name)
        known = _load(path) | {name: made}
        write_atomic(path, json.dumps(known, indent=1, sort_keys=True) + "\n", 0o600)
    return made


def resolve(reference: str, path: Path, environment: Mapping[str, str]) -> str:
    """Give the secret behind `env:NAME` or `file:NAME`; a file's secret is made if missing."""
    kind, _, name = reference.partition(":")
    if kind == "file":
        return secrets_for(path, [name])[name]
    if kind == "env" and environment.get(name):
        return environment[name]
    raise NotFound(both(f"没有设置密钥 {reference}", f"the secret {reference} is not set"))


def given_secret(reference: str, path: Path, environment: Mapping[str, str]) -> str:
    """Give a secret that another house made (a robot's key): never made here. "" for no reference.

    Raises NotFound when it is not set.
    """
    kind, _, name = reference.partition(":")
    known = {"": "", "env": environment.get(name, ""), "file": _load(path).get(name, "")}
    if reference and not known.get(kind):
        raise NotFound(both(f"没有设置密钥 {reference}", f"the secret {reference} is not set"))
    return known[kind]


def endpoint_names(agents: Iterable[str]) -> list[str]:
    """Name every SIP account: two phones per agent (SIP and browser), four test callers."""
    phones = [name for number in agents for name in (f"a{number}", f"w{number}")]
    return [*phones, *(f"caller{n}" for n in range(1, 5))]


def _load(path: Path) -> dict[str, str]:
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        text = both("密钥文件损坏，请从备份恢复", "is damaged; restore it from a backup")
        raise Refused(Fault(str(path), 0, "", text)) from error
    if not isinstance(known, dict):
        text = both("密钥文件格式不对", "is not a list of names and secrets")
        raise Refused(Fault(str(path), 0, "", text))
    return {str(name): str(value) for name, value in known.items()}


def _private(path: Path) -> bool:
    return path.exists() and not path.stat().st_mode & 0o077


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let no second process make a secret of the same name at the same time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
