"""Installation settings: `yingda.toml` and the environment, read once at start.

Pure: a text and an environment in, `Settings` out, or `SettingsError` with every fault at once.
Which keys exist stands in `settings_schema.py`. A variable `YINGDA_<SECTION>_<KEY>` wins over the
file; `YINGDA_DATABASE_URL` is the one that everyone knows.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from domain.errors import Fault, Refused
from domain.settings_schema import LISTS, SECTIONS, Key, Value

FILE = "yingda.toml"
"""The name under which faults are reported and where the settings are looked for."""


class SettingsError(Refused):
    """The installation settings cannot be used; `faults` names each file, line and key."""

    code = "settings"


@dataclass(frozen=True, slots=True)
class Web:
    """Where the pages are served. `tls`: off, local-ca (made by us) or files (cert and key)."""

    host: str
    port: int
    tls: str
    cert: str
    key: str


@dataclass(frozen=True, slots=True)
class Sip:
    """Where Asterisk listens for plain SIP, UDP and TCP on the same port.

    Desk phones are asked every `phone_qualify_s` seconds whether they are there, 0 = never.
    """

    host: str
    port: int
    phone_qualify_s: int


@dataclass(frozen=True, slots=True)
class Media:
    """The RTP ports, both ends included, and the address told to the outside ("" = none)."""

    rtp_start: int
    rtp_end: int
    external_address: str


@dataclass(frozen=True, slots=True)
class Ports:
    """Loopback ports between our own processes and Asterisk."""

    ami: int
    agi: int
    asterisk_http: int


@dataclass(frozen=True, slots=True)
class Outside:
    """Our way out: `on_site` lists the host:port of own systems at addresses that are not public.

    Everything else that a webhook or CRM address names must be on the public internet.
    """

    on_site: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Demo:
    """What a try-out runs besides: the sample CRM's port on loopback, 0 = none."""

    crm_port: int


@dataclass(frozen=True, slots=True)
class Extensions:
    """Which installed parts serve: where recordings lie, who is told of messages ("" = nobody)."""

    storage: str
    notifier: str


@dataclass(frozen=True, slots=True)
class Trunk:
    """A line of a carrier. The password is only referred to: by variable name or by file.

    `secret` is what `load_settings` found there; it is never shown.
    """

    name: str
    kind: str
    host: str
    port: int
    transport: str
    username: str
    secret_env: str
    secret_file: str
    match: tuple[str, ...]
    from_domain: str
    outbound_proxy: str
    codecs: tuple[str, ...]
    dtmf: str
    caller_sources: tuple[str, ...]
    called_sources: tuple[str, ...]
    area_code: str
    channels: int
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """One installation. `data` is the absolute folder of everything that is made at run time."""

    web: Web
    sip: Sip
    media: Media
    ports: Ports
    data: Path
    database_url: str
    language: str
    outside: Outside
    extensions: Extensions
    demo: Demo
    trunks: tuple[Trunk, ...]

    @property
    def taken_ports(self) -> dict[str, tuple[str, int]]:
        """Setting name → (host, port) of everything that will listen, for a check before start."""
        taken = {
            "web.port": (self.web.host, self.web.port),
            "sip.port": (self.sip.host, self.sip.port),
            "ports.ami": ("127.0.0.1", self.ports.ami),
            "ports.agi": ("127.0.0.1", self.ports.agi),
            "ports.asterisk_http": ("127.0.0.1", self.ports.asterisk_http),
            "demo.crm_port": ("127.0.0.1", self.demo.crm_port),
        }
        return {name: at for name, at in taken.items() if at[1]}


def parse_settings(
    text: str, env: Mapping[str, str], *, file: str = FILE, root: Path = Path(".")
) -> Settings:
    """Read the settings; relative paths are below `root`. Raises SettingsError with all faults."""
    reader = _Reader(text, file)
    document = reader.document()
    for name in document:
        if name not in SECTIONS and name not in LISTS:
            reader.unknown("", name, (*SECTIONS, *LISTS))
    values = {
        section: reader.table(section, keys, document.get(section, {}), _overrides(section, env))
        for section, keys in SECTIONS.items()
    }
    rows = document.get("trunk", [])
    if not isinstance(rows, list):
        reader.fault("trunk", "", "write [[trunk]] with two brackets: there may be several trunks")
        rows = []
    trunks = [
        reader.table("trunk", LISTS["trunk"], row, {}, number) for number, row in enumerate(rows)
    ]
    _cross_checks(reader, values, trunks, env)
    if reader.faults:
        raise SettingsError(*sorted(reader.faults, key=lambda fault: (fault.line, fault.key)))
    return _settings(values, trunks, root)


def load_settings(path: Path, env: Mapping[str, str]) -> Settings:
    """Read the settings file if there is one; without it the defaults hold."""
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as problem:
        raise SettingsError(Fault(str(path), 0, "", f"cannot be read: {problem}")) from problem
    settings = parse_settings(text, env, file=path.name, root=path.parent.absolute())
    trunks = tuple(_with_secret(trunk, path.parent, env) for trunk in settings.trunks)
    return replace(settings, trunks=trunks)


def _with_secret(trunk: Trunk, root: Path, env: Mapping[str, str]) -> Trunk:
    if trunk.secret_env or not trunk.secret_file:
        return replace(trunk, secret=env.get(trunk.secret_env, ""))
    try:
        secret = (root / trunk.secret_file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        text = f"{trunk.name}: the file cannot be read: {problem}"
        raise SettingsError(Fault(FILE, 0, "trunk.secret_file", text)) from problem
    return replace(trunk, secret=secret)


def _overrides(section: str, env: Mapping[str, str]) -> dict[str, str]:
    prefix = f"YINGDA_{section}_".upper()
    return {
        name.removeprefix(prefix).lower(): value
        for name, value in env.items()
        if name.startswith(prefix)
    }


def _settings(
    values: dict[str, dict[str, Any]], trunks: list[dict[str, Any]], root: Path
) -> Settings:
    data = (root / values["paths"]["data"]).absolute()
    return Settings(
        web=Web(**values["web"]),
        sip=Sip(**values["sip"]),
        media=Media(**values["media"]),
        ports=Ports(**values["ports"]),
        data=data,
        database_url=values["database"]["url"] or f"sqlite+aiosqlite:///{data / 'yingda.db'}",
        language=values["language"]["default"],
        outside=Outside(**values["outside"]),
        extensions=Extensions(**values["extensions"]),
        demo=Demo(**values["demo"]),
        trunks=tuple(Trunk(**trunk) for trunk in trunks),
    )


class _Reader:
    """Collects faults, each with the line on which its key stands."""

    def __init__(self, text: str, file: str) -> None:
        self.lines = text.splitlines()
        self.text = text
        self.file = file
        self.faults: list[Fault] = []

    def document(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as problem:
            found = re.search(r"at line (\d+)", str(problem))
            line = int(found.group(1)) if found else len(self.lines)
            raise SettingsError(
                Fault(self.file, line, "", f"not valid TOML: {problem}")
            ) from problem

    def line_of(self, section: str, key: str, number: int = 0) -> int:
        """The line of a key, else of its section's head (the number-th one), else 0."""
        head = re.compile(rf"\s*\[\[?\s*{re.escape(section)}\s*\]\]?")
        seen, here = -1, 0
        for index, line in enumerate(self.lines, 1):
            if section and re.match(r"\s*\[", line):
                seen += bool(head.match(line))
                if head.match(line) and seen == number:
                    here = index
            inside = not section or (here and seen == number)
            if inside and key and re.match(rf"\s*\[*\s*[\"']?{re.escape(key)}[\"']?\s*[=\]]", line):
                return index
        return here

    def fault(self, section: str, key: str, text: str, number: int = 0) -> None:
        name = ".".join(part for part in (section, key) if part)
        self.faults.append(Fault(self.file, self.line_of(section, key, number), name, text))

    def unknown(self, section: str, key: str, known: tuple[str, ...], number: int = 0) -> None:
        near = get_close_matches(key, known, 1)
        guess = f", did you mean {near[0]!r}?" if near else f"; known are {', '.join(known)}"
        self.fault(section, key, f"unknown setting{guess}", number)

    def table(
        self,
        section: str,
        keys: dict[str, Key],
        given: object,
        env: Mapping[str, str],
        number: int = 0,
    ) -> dict[str, Value]:
        """The values of one section, defaults filled in; faults are collected."""
        if not isinstance(given, dict):
            self.fault(section, "", f"must be a section: [{section}]", number)
            given = {}
        for key in given:
            if key not in keys:
                self.unknown(section, key, tuple(keys), number)
        return {name: self._value(section, key, given, env, number) for name, key in keys.items()}

    def _value(
        self, section: str, key: Key, given: dict[str, Any], env: Mapping[str, str], number: int
    ) -> Value:
        if key.name in env:
            value, problem = key.from_text(env[key.name])
            if problem:
                variable = f"YINGDA_{section}_{key.name}".upper()
                self.faults.append(Fault("environment", 0, variable, problem))
            return value
        if key.name not in given:
            if key.needed:
                self.fault(section, key.name, "is missing", number)
            return key.default
        value, problem = key.check(given[key.name])
        if problem:
            self.fault(section, key.name, problem, number)
        return value


def _cross_checks(
    reader: _Reader,
    values: dict[str, dict[str, Any]],
    trunks: list[dict[str, Any]],
    env: Mapping[str, str],
) -> None:
    web, media = values["web"], values["media"]
    if web["tls"] == "files" and not (web["cert"] and web["key"]):
        reader.fault("web", "tls", 'tls = "files" needs both cert and key')
    if media["rtp_end"] - media["rtp_start"] < 3:
        reader.fault("media", "rtp_end", "must be at least 3 above rtp_start")
    _ports_differ(reader, values)
    seen = {"test"}  # the built-in trunk of test callers
    for number, trunk in enumerate(trunks):
        if trunk["name"] in seen:
            reader.fault("trunk", "name", f"{trunk['name']!r} is taken already", number)
        seen.add(trunk["name"])
        _check_trunk(reader, trunk, number, env)


def _ports_differ(reader: _Reader, values: dict[str, dict[str, Any]]) -> None:
    used: dict[int, str] = {}
    for section, keys in SECTIONS.items():
        for name in keys:
            port = values[section][name]
            if not (name.endswith("port") or section == "ports") or not port:
                continue
            if port in used:
                reader.fault(section, name, f"port {port} is already given to {used[port]}")
            used.setdefault(port, f"{section}.{name}")


def _check_trunk(
    reader: _Reader, trunk: dict[str, Any], number: int, env: Mapping[str, str]
) -> None:
    if trunk["kind"] == "registration" and not trunk["username"]:
        reader.fault("trunk", "username", "a trunk that registers needs a username", number)
    if trunk["kind"] == "registration" and not (trunk["secret_env"] or trunk["secret_file"]):
        reader.fault("trunk", "secret_env", "give secret_env or secret_file", number)
    if trunk["kind"] == "address" and not trunk["match"]:
        reader.fault("trunk", "match", "list the addresses that the carrier calls from", number)
    variable = trunk["secret_env"]
    if variable and not env.get(variable):
        reader.fault("trunk", "secret_env", f"the variable {variable} is not set", number)
