"""Joining a stock Asterisk: look at it, write our files, add or take away the lines; wiring only.

Its own files are read first; what is in the way is told before anything is written.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from domain.errors import Conflict, Fault, NotFound, Refused
from office import Config
from pbx.asterisk import check_lines, check_ports
from pbx.belonging import Joined, own_folder, read_joined, write_joined
from pbx.foreign import Foreign
from pbx.install import too_old, write_fragments
from pbx.join_checks import Wanted, examine, has_channel_variables
from pbx.joined import line_for
from pbx.render_trunk import own_ports
from pbx.taking_in import apply, lacking, take_away
from switchboard.installation import Installation, beside, fragments_for, rendered

BACKUP = "joined-backup"
"""The folder of their files as they were before our lines came in."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What joining did: warnings, changed files of theirs, lines that a person is to add."""

    warnings: tuple[Fault, ...]
    changed: tuple[Path, ...]
    lines: tuple[tuple[Path, str], ...]


def join(
    installation: Installation, config: Config, into: Path, binary: Path | None, *, add: bool
) -> Outcome:
    """Write our files for the Asterisk whose configuration is `into`; `add` = and our lines.

    Raises Refused with everything that is in the way; then nothing was written.
    """
    data, etc = installation.data, into.resolve()
    if not (etc / "asterisk.conf").is_file():
        raise NotFound(f"{etc} has no asterisk.conf: it is no Asterisk's configuration")
    before, run = read_joined(data), own_folder(data)
    if before is not None and before.etc != etc:
        raise Conflict(f"joined to {before.into} already; first: yingda pbx join --remove")
    asterisk = binary or _program()
    theirs = Foreign(etc, run / "etc")
    joined = Joined(
        str(etc),
        theirs.conf("asterisk.conf").value("options", "systemname"),
        str(theirs.directory("astdatadir")),
        str(asterisk),
        not has_channel_variables(theirs),
        run,
    )
    files = rendered(installation, config, beside(joined))
    brought = fragments_for(joined, files)
    wanted = Wanted(brought, files["modules.conf"], installation.settings, os.geteuid())
    warnings = _looked_at(theirs, joined, wanted, fresh=before is None)
    write_fragments(brought, run)
    write_joined(data, joined)
    changed = apply(etc, run / "etc", data / BACKUP) if add else []
    missing = tuple((etc / name, line_for(run / "etc", name)) for name in lacking(etc, run / "etc"))
    return Outcome(warnings, tuple(changed), missing)


def _program() -> Path:
    found = shutil.which("asterisk", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        raise NotFound("no asterisk in the path: name its program with --asterisk")
    return Path(found)


def _looked_at(
    theirs: Foreign, joined: Joined, wanted: Wanted, *, fresh: bool
) -> tuple[Fault, ...]:
    found = examine(theirs, wanted)
    stops = [told.fault for told in found if told.stops]
    if wrong := too_old(Path(joined.asterisk)):
        stops.append(Fault(joined.asterisk, 0, "", wrong))
    if stops:
        raise Refused(*stops)
    if fresh:  # later it is our own transports that listen there
        taken = wanted.settings.taken_ports
        ports = {n: at for n, at in taken.items() if n.startswith("sip.")}
        check_ports(ports, udp=frozenset({"sip.port"}))
        check_lines(own_ports(wanted.settings))
    return tuple(told.fault for told in found)


def leave(installation: Installation, into: Path | None) -> Outcome:
    """Take our lines and files away; `into` where we do not know any more what we joined."""
    data = installation.data
    joined = read_joined(data)
    etc = joined.etc if joined else into
    if etc is None:
        raise NotFound("no Asterisk was joined; name its folder: --into")
    changed = take_away(etc, data / BACKUP)
    shutil.rmtree(own_folder(data), ignore_errors=True)
    write_joined(data, None)
    return Outcome((), tuple(changed), ())


def still_joined(joined: Joined) -> str:
    """Say what is not as it was when we joined. Raises Conflict."""
    name = joined.theirs.conf("asterisk.conf").value("options", "systemname")
    if name != joined.systemname:
        raise Conflict(f"{joined.into} has another systemname now: join it again")
    lines = [f"  {joined.etc / each}" for each in lacking(joined.etc, joined.run / "etc")]
    told = f"已接入 · joined to {joined.into}"
    return "\n".join([told, *(["缺少我们的行 · our line is missing in:"] if lines else []), *lines])
