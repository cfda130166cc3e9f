"""Installation settings: `yingda.toml` and the environment, read once at start.

Pure: a text and an environment in, `Settings` out, or `SettingsError` with every fault at once.
Which keys exist stands in `settings_schema.py`, a carrier's in `settings_trunk.py`. A variable
`YINGDA_<SECTION>_<KEY>` wins over the file; `YINGDA_DATABASE_URL` is the one that everyone knows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from domain.errors import Fault
from domain.settings_reader import Reader, SettingsError as SettingsError
from domain.settings_schema import LISTS, SECTIONS
from domain.settings_trunk import Trunk as Trunk, trunk_faults

FILE = "yingda.toml"
"""The name under which faults are reported and where the settings are looked for."""


@dataclass(frozen=True, slots=True)
class Web:
    """Where the pages are served. `tls`: off, local-ca (made by us) or files (cert and key).

    `names` are further names and addresses that a certificate made by us is to be good for.
    `phones_port` serves desk phones their own files over plain http, and nothing else; 0 = none.
    `proxies` are the reverse proxies whose word on who asks is believed.
    """

    host: str
    port: int
    tls: str
    cert: str
    key: str
    names: tuple[str, ...]
    phones_port: int
    proxies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sip:
    """Where Asterisk listens for plain SIP, UDP and TCP on one port, TLS on its own, 0 = none.

    `tls_ca` is the file of authorities that carriers are held to, "" = those of this machine.

    Desk phones are asked every `phone_qualify_s` seconds whether they are there, 0 = never. An
    address that failed to sign in `ban_after` times within ten minutes is shut out for `ban_min`
    minutes (0 = nobody is), but none of the networks of `never_ban`.
    """

    host: str
    port: int
    tls_port: int
    tls_ca: str
    phone_qualify_s: int
    ban_after: int
    ban_min: int
    never_ban: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Media:
    """The address told to whoever is outside `local_nets` ("" = our own), and the RTP ports."""

    public_address: str
    local_nets: tuple[str, ...]
    rtp_ports: str

    @property
    def rtp_start(self) -> int:
        """The first RTP port."""
        return int(self.rtp_ports.partition("-")[0])

    @property
    def rtp_end(self) -> int:
        """The last RTP port, included."""
        return int(self.rtp_ports.partition("-")[2])


@dataclass(frozen=True, slots=True)
class Turn:
    """The relays offered to browsers, and the secret shared with them (TURN REST scheme).

    A log-in minted from it is good for `ttl_s` seconds. `secret` is never shown.
    """

    urls: tuple[str, ...]
    secret_env: str
    secret_file: str
    ttl_s: int
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Ports:
    """Loopback ports between our own processes and Asterisk; `hep` is UDP, 0 = no capture."""

    ami: int
    agi: int
    asterisk_http: int
    hep: int


@dataclass(frozen=True, slots=True)
class Trace:
    """For how many hours SIP messages are kept; the HEP collector that gets a copy ("" = no)."""

    keep_h: int
    hep_to: str


@dataclass(frozen=True, slots=True)
class Outside:
    """Our way out: `on_site` lists the host:port of own systems at addresses that are not public.

    Everything else that a webhook or CRM address names must be on the public internet.
    """

    on_site: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recordings:
    """Whether new recordings are locked, on or off, and the file of the keys that open them."""

    encrypt: str
    key_file: Path


@dataclass(frozen=True, slots=True)
class Keep:
    """For how many days recordings, messages and who called are kept; 0 = until somebody deletes.

    Of calls out and callbacks all is kept 30 days at least, whatever stands here.
    """

    recordings_d: int
    messages_d: int
    callers_d: int


@dataclass(frozen=True, slots=True)
class Speech:
    """Who speaks the firm's own sentences: an installed engine, or `http` by a template.

    `answer` is the JSON path of the sound as base64, "" = the answer is the sound.
    """

    engine: str
    voice_zh: str
    voice_en: str
    url: str
    headers: tuple[str, ...]
    body: str
    answer: str
    secret_env: str
    secret_file: str
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Mail:
    """The server that takes our mail, "" = none. `tls`: tls from the first byte, starttls or off.

    `sender` stands in From, "" = `user`. `secret` is never shown.
    """

    host: str
    port: int
    tls: str
    user: str
    sender: str
    secret_env: str
    secret_file: str
    secret: str = field(default="", repr=False)


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
class Settings:
    """One installation. `data` is the absolute folder of everything that is made at run time."""

    web: Web
    sip: Sip
    media: Media
    turn: Turn
    ports: Ports
    trace: Trace
    data: Path
    database_url: str
    language: str
    outside: Outside
    extensions: Extensions
    recordings: Recordings
    keep: Keep
    speech: Speech
    mail: Mail
    demo: Demo
    trunks: tuple[Trunk, ...]

    @property
    def taken_ports(self) -> dict[str, tuple[str, int]]:
        """Setting name → (host, port) of everything that will listen, for a check before start."""
        taken = {
            "web.port": (self.web.host, self.web.port),
            "web.phones_port": (self.web.host, self.web.phones_port),
            "sip.port": (self.sip.host, self.sip.port),
            "sip.tls_port": (self.sip.host, self.sip.tls_port),
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
    reader = Reader(text, file)
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
    at = (path.parent, env)
    trunks = tuple(
        replace(trunk, secret=_secret(trunk, "trunk", f"{trunk.name}: ", at))
        for trunk in settings.trunks
    )
    turn = replace(settings.turn, secret=_secret(settings.turn, "turn", "", at))
    spoken = replace(settings.speech, secret=_secret(settings.speech, "speech", "", at))
    mail = replace(settings.mail, secret=_secret(settings.mail, "mail", "", at))
    return replace(settings, trunks=trunks, turn=turn, speech=spoken, mail=mail)


def _secret(
    owner: Trunk | Turn | Speech | Mail,
    section: str,
    whose: str,
    at: tuple[Path, Mapping[str, str]],
) -> str:
    root, env = at
    if owner.secret_env or not owner.secret_file:
        return env.get(owner.secret_env, "")
    try:
        return (root / owner.secret_file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        text = f"{whose}the file cannot be read: {problem}"
        raise SettingsError(Fault(FILE, 0, f"{section}.secret_file", text)) from problem


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
        turn=Turn(**values["turn"]),
        ports=Ports(**values["ports"]),
        trace=Trace(**values["trace"]),
        data=data,
        database_url=values["database"]["url"] or f"sqlite+aiosqlite:///{data / 'yingda.db'}",
        language=values["language"]["default"],
        outside=Outside(**values["outside"]),
        extensions=Extensions(**values["extensions"]),
        recordings=Recordings(
            values["recordings"]["encrypt"],
            (root / (values["recordings"]["key_file"] or data / "recordings.key")).absolute(),
        ),
        keep=Keep(**values["keep"]),
        speech=Speech(**values["speech"]),
        mail=Mail(**values["mail"]),
        demo=Demo(**values["demo"]),
        trunks=tuple(Trunk(**trunk) for trunk in trunks),
    )


def _cross_checks(
    reader: Reader,
    values: dict[str, dict[str, Any]],
    trunks: list[dict[str, Any]],
    env: Mapping[str, str],
) -> None:
    web, turn = values["web"], values["turn"]
    if web["tls"] == "files" and not (web["cert"] and web["key"]):
        reader.fault("web", "tls", 'tls = "files" needs both cert and key')
    if turn["urls"] and not (turn["secret_env"] or turn["secret_file"]):
        reader.fault("turn", "urls", "give secret_env or secret_file, shared with the relay")
    if turn["secret_env"] and not env.get(turn["secret_env"]):
        reader.fault("turn", "secret_env", f"the variable {turn['secret_env']} is not set")
    if values["speech"]["engine"] == "http" and not values["speech"]["url"]:
        reader.fault("speech", "url", 'engine = "http" needs the address of the service')
    _check_mail(reader, values["mail"])
    _ports_differ(reader, values)
    seen = {"test"}  # the built-in trunk of test callers
    for number, trunk in enumerate(trunks):
        if trunk["name"] in seen:
            reader.fault("trunk", "name", f"{trunk['name']!r} is taken already", number)
        seen.add(trunk["name"])
        for key, text in trunk_faults(trunk, values["sip"], env):
            reader.fault("trunk", key, text, number)


def _check_mail(reader: Reader, mail: dict[str, Any]) -> None:
    if mail["host"] and "@" not in f"{mail['sender']}{mail['user']}":
        reader.fault("mail", "sender", "give the address that mail comes from")
    if mail["tls"] == "off" and (mail["secret_env"] or mail["secret_file"]):
        reader.fault("mail", "tls", "a password is only sent over tls or starttls")


def _ports_differ(reader: Reader, values: dict[str, dict[str, Any]]) -> None:
    used: dict[int, str] = {}
    for section, keys in SECTIONS.items():
        for name in keys:
            port = values[section][name]
            listens = section != "mail" and (name.endswith("port") or section == "ports")
            if not listens or not port:
                continue
            if port in used:
                reader.fault(section, name, f"port {port} is already given to {used[port]}")
            used.setdefault(port, f"{section}.{name}")
