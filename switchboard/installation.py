"""One installation, opened: what every process and command of it shares.

Database and tables, the published configuration as a plan, what Asterisk is to load. Wiring only.
"""

import asyncio
import logging
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import MetaData

import cdr.rows
import crm.rows
import office.rows
import recording.rows
import store.rows
import survey.rows
from domain.clock import Clock
from domain.errors import NotFound, PbxUnavailable, Refused
from domain.places import JOURNAL
from domain.settings import Settings
from office import Config, People, Publisher, Request, snapshot
from office.folder import read_files
from office.secrets import endpoint_names, resolve, secrets_for
from office.shared import split_number
from outside.cards import own_addresses
from pbx.bans import Ban, read as read_bans
from pbx.belonging import Joined, read_joined
from pbx.hardening import faults
from pbx.install import (
    Installed,
    config_source,
    find_asterisk,
    host_asterisk,
    new_secret,
    read_templates,
    write_config,
    write_fragments,
)
from pbx.joined import fragments
from pbx.music import lay_out_samples, samples_in
from pbx.render import AgentPhones, Node, Plan as PbxPlan, Secrets, render
from speech import lay_out
from store.base import Base
from store.database import Database, open_database
from store.upgrade import upgrade
from switchboard.flows import check_flow, known_of
from switchboard.permit import mobile_ways
from switchboard.plan import Plan, plan_of
from switchboard.sip_tls import shown_tls
from switchboard.speaking import Speaking

log = logging.getLogger("yingda.installation")

ROWS = (cdr.rows, crm.rows, office.rows, recording.rows, store.rows, survey.rows)
"""Every room's tables; importing them fills the one MetaData."""
NODE = "yingda"
OWN_SECRETS = ("ami-engine", "ami-watch", "ami-publish", "ami-guard", "agi-token")


@dataclass(frozen=True, slots=True)
class Installation:
    """Settings, clock and database of one installation."""

    settings: Settings
    clock: Clock
    database: Database

    @property
    def data(self) -> Path:
        """Name the folder of everything made at run time."""
        return self.settings.data

    @property
    def metadata(self) -> MetaData:
        """Give every table of the product."""
        return Base.metadata

    @property
    def journal(self) -> Path:
        """Name the journal's file."""
        return self.data / JOURNAL

    @property
    def snapshot_file(self) -> Path:
        """Name the compiled configuration's file."""
        return self.data / "config" / "current.json"

    @property
    def bans_file(self) -> Path:
        """Name the list of addresses that are shut out of SIP."""
        return self.data / "bans.json"

    @property
    def token_file(self) -> Path:
        """Name the file that holds the running Asterisk's token."""
        return self.data / "run" / "node-token"

    @property
    def lines(self) -> dict[str, tuple[str, ...]]:
        """Tell which headers each trunk reads the called number from."""
        return {trunk.name: trunk.called_sources for trunk in self.settings.trunks}

    def publisher(self) -> Publisher:
        """Give the one way by which a configuration goes live."""
        ready = Speaking(self.settings).ready
        return Publisher(self.database, check_flow, self.snapshot_file, self.lines, ready)

    def people(self) -> People:
        """Give the firm's users."""
        return People(self.database, self.clock)

    def plan(self) -> Plan:
        """Read the published configuration."""
        config, version = snapshot.read(self.snapshot_file)
        return plan_of(config, version, known_of(config))

    def secrets(self, names: Sequence[str]) -> dict[str, str]:
        """Give secrets of ours, made when missing."""
        return secrets_for(self.data / "secrets.json", names)

    def secret(self, reference: str) -> str:
        """Give the secret behind `env:NAME` or `file:NAME`; `NotFound` if it is not set."""
        return resolve(reference, self.data / "secrets.json", os.environ)


def open_installation(settings: Settings, clock: Clock) -> Installation:
    """Open an installation; the database is connected at first use."""
    settings.data.mkdir(parents=True, exist_ok=True)
    settings.data.chmod(0o700)  # callers' numbers and voices lie below
    url = settings.database_url or f"sqlite+aiosqlite:///{settings.data / 'yingda.db'}"
    return Installation(settings, clock, open_database(url))


async def prepare(installation: Installation, demo: Path) -> Config:
    """Bring the database up to date; a new installation begins with the demo's configuration."""
    await upgrade(installation.database, installation.metadata)
    await asyncio.to_thread(lay_out, installation.data / "prompts")
    with suppress(PbxUnavailable):  # the host's Asterisk keeps its own music
        await lay_out_samples(find_asterisk(installation.data).share)
    publisher = installation.publisher()
    try:
        config = (await publisher.settle()).config
        await _speak_again(installation, config)
        return config
    except NotFound:
        request = Request("setup", "demo", installation.clock.utc_ms())
        return (await publisher.publish(read_files(demo), request)).config


async def _speak_again(installation: Installation, config: Config) -> None:
    """Make the spoken sentences that are gone, or that another engine is to speak now."""
    try:
        await Speaking(installation.settings).ready(config)
    except Refused as error:
        log.warning("%s", error)


def any_asterisk(data: Path) -> Installed:
    """Give the private Asterisk, else the host's."""
    try:
        return find_asterisk(data)
    except PbxUnavailable:
        return host_asterisk()


def write_asterisk(installation: Installation, config: Config, token: str) -> tuple[str, ...]:
    """Render what Asterisk loads; gives the names of the files that changed."""
    joined = read_joined(installation.data)
    if joined is not None:
        files = rendered(installation, config, beside(joined))
        return write_fragments(fragments_for(joined, files), joined.run)
    asterisk, run = any_asterisk(installation.data), installation.data / "run" / "asterisk"
    banned = tuple(ban.address for ban in bans_of(installation.bans_file))
    return write_config(rendered(installation, config, Place(asterisk, run, token, banned)), run)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the files are for: which Asterisk, its folder, its token, who is shut out."""

    asterisk: Installed
    run: Path
    token: str
    banned: tuple[str, ...] = ()
    guarded: bool = True


def beside(joined: Joined) -> Place:
    """Give the place of a joined Asterisk; who guesses passwords there is its own affair."""
    return Place(joined.installed, joined.run, "joined", guarded=False)


def fragments_for(joined: Joined, files: Mapping[str, str]) -> dict[str, str]:
    """Give what the joined Asterisk takes in of the files that were rendered for it."""
    return fragments(files, joined.run / "etc", joined.channel_variables)


def rendered(installation: Installation, config: Config, place: Place) -> dict[str, str]:
    """Render every file. Raises Refused where one of them would leave a door open."""
    settings, data, asterisk = installation.settings, installation.data, place.asterisk
    numbers = [agent.number for agent in config.agents]
    keys = installation.secrets([*OWN_SECRETS, *endpoint_names(numbers)])
    callers = tuple(keys[f"caller{number}"] for number in range(1, 5))
    plan = PbxPlan(
        settings,
        Secrets(
            keys["ami-engine"],
            keys["ami-watch"],
            keys["ami-publish"],
            keys["agi-token"],
            _trunk_secrets(settings),
            callers,
            keys["ami-guard"] if place.guarded else "",
        ),
        Node(
            NODE,
            place.token,
            place.run,
            asterisk.modules,
            asterisk.share,
            data / "prompts" / config.firm.language,
            settings.sip.phone_qualify_s,
            shown_tls(settings),
            addresses=tuple(own_addresses()),
            music=samples_in(asterisk.share),
        ),
        tuple(
            AgentPhones(n, keys[f"a{n}"], keys[f"w{n}"], mobile_ways(config, settings.trunks, n))
            for n in numbers
        ),
        _dialled(config),
        tuple(group.id for group in config.groups),
        banned=place.banned,
    )
    files = render(read_templates(config_source()), plan)
    if open_doors := faults(files):
        raise Refused(*open_doors)
    return files


def bans_of(file: Path) -> tuple[Ban, ...]:
    """Read who is shut out now."""
    try:
        return read_bans(file.read_text("utf-8"))
    except OSError:
        return ()


def _dialled(config: Config) -> tuple[str, ...]:
    """Give every number that reaches a hotline, each once."""
    found = [n for each in config.hotlines for n in (each.number, *each.also_called)]
    return tuple(dict.fromkeys(split_number(number)[0] for number in found))


def _trunk_secrets(settings: Settings) -> dict[str, str]:
    return {trunk.name: trunk.secret for trunk in settings.trunks}


def node_token(installation: Installation, *, fresh: bool) -> str:
    """Give the token in every genuine AMI event; new at every start of Asterisk."""
    file = installation.token_file
    if fresh or not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(0o600)
        file.write_text(new_secret())
    return file.read_text()


def system_name(installation: Installation) -> str:
    """Give the name in every genuine AMI event of the Asterisk that we serve."""
    joined = read_joined(installation.data)
    if joined is not None:
        return joined.systemname
    return f"{NODE}-{node_token(installation, fresh=False)}"
