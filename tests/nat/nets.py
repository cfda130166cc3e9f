"""A small internet of network namespaces: the exchange behind one NAT, an agent behind another.

    home 192.168.7.2 ── hnat 192.0.2.20 ── inet ── 198.51.100.10 pnat ── 10.1.0.2 pbx
                                            └ coturn 203.0.113.3

Names carry the prefix of this process, so that what we made is told from everybody else's.
"""

import ctypes
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PUBLIC, RELAY, PBX, AGENT = "198.51.100.10", "203.0.113.3", "10.1.0.2", "192.168.7.2"
ROOMS = ("inet", "pnat", "pbx", "hnat", "home")
CABLES = (
    ("inet", "ip0", "198.51.100.1/24", "pnat", "up0", f"{PUBLIC}/24"),
    ("inet", "ih0", "192.0.2.1/24", "hnat", "up0", "192.0.2.20/24"),
    ("pnat", "in0", "10.1.0.1/24", "pbx", "eth0", f"{PBX}/24"),
    ("hnat", "in0", "192.168.7.1/24", "home", "eth0", f"{AGENT}/24"),
)
"""From where, by which card, with which address; to where."""
ROUTES = (
    *(("pnat", "198.51.100.1"), ("hnat", "192.0.2.1")),
    *(("pbx", "10.1.0.1"), ("home", "192.168.7.1")),
)
MASQUERADE = """
table ip nat {
  chain post {
    type nat hook postrouting priority 100; policy accept;
    oifname "up0" masquerade
  }
}
"""
FORWARD = """
table ip nat {
  chain pre {
    type nat hook prerouting priority -100; policy accept;
    iifname "up0" tcp dport %(web)s dnat to 10.1.0.2
    iifname "up0" udp dport %(rtp)s dnat to 10.1.0.2
  }
}
table ip filter {
  chain pass {
    type filter hook forward priority 0; policy accept;
    iifname "up0" ct state new ip daddr 10.1.0.2 tcp dport != %(web)s drop
    iifname "up0" ct state new ip daddr 10.1.0.2 udp dport != %(rtp)s drop
  }
}
"""
"""The firm's router: the port of the pages, the ports of sound, nothing else comes in."""
NO_UDP = """
table ip strict {
  chain pass {
    type filter hook forward priority 0; policy accept;
    oifname "up0" meta l4proto udp drop
    oifname "up0" ip daddr %(relay)s tcp dport != 3478 drop
  }
}
"""
"""A hotel or an office that lets no UDP out."""
NO_RELAY = """
table ip norelay {
  chain pass {
    type filter hook forward priority 0; policy accept;
    oifname "up0" ip daddr %(relay)s drop
  }
}
"""
CLONE_NEWNET = 0x40000000


class Nets:
    """The namespaces of one test run."""

    def __init__(self) -> None:
        self.prefix = f"ydn{os.getpid()}"
        self._ours: list[subprocess.Popen[bytes]] = []

    def name(self, room: str) -> str:
        """Give the name of one namespace."""
        return f"{self.prefix}-{room}"

    def build(self) -> None:
        """Lay the cables and let both routers hide what is behind them."""
        for room in ROOMS:
            _run("ip", "netns", "add", self.name(room))
            self.ip(room, "link", "set", "lo", "up")
        for cable in CABLES:
            self._join(*cable)
        self.ip("inet", "addr", "add", f"{RELAY}/32", "dev", "lo")
        for room, gate in ROUTES:
            self.ip(room, "route", "add", "default", "via", gate)
        for room in ("inet", "pnat", "hnat"):
            self.run(room, "sysctl", "-qw", "net.ipv4.ip_forward=1")
        for room in ("pnat", "hnat"):
            self.filter(room, MASQUERADE)

    def _join(self, room: str, card: str, address: str, to: str, card2: str, address2: str) -> None:
        peer = ("peer", "name", card2, "netns", self.name(to))
        self.ip(room, "link", "add", card, "type", "veth", *peer)
        for where, which, what in ((room, card, address), (to, card2, address2)):
            self.ip(where, "addr", "add", what, "dev", which)
            self.ip(where, "link", "set", which, "up")

    def ip(self, room: str, *words: str) -> None:
        """Run `ip` on a namespace."""
        _run("ip", "-n", self.name(room), *words)

    def run(self, room: str, *words: str) -> str:
        """Run a command inside and give what it said."""
        return _run("ip", "netns", "exec", self.name(room), *words)

    def filter(self, room: str, rules: str) -> None:
        """Add rules for packets."""
        _run("ip", "netns", "exec", self.name(room), "nft", "-f", "-", text=rules)

    @contextmanager
    def strict(self, room: str, table: str, rules: str) -> Iterator[None]:
        """Hold rules of a table of their own for a while."""
        self.filter(room, rules)
        try:
            yield
        finally:
            self.run(room, "nft", "delete", "table", "ip", table)

    def start(self, room: str, log: Path, *words: str) -> subprocess.Popen[bytes]:
        """Start something inside that lives as long as we do."""
        with log.open("ab") as out:
            command = ["ip", "netns", "exec", self.name(room), *words]
            started = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
        self._ours.append(started)
        return started

    def wrapper(self, room: str, program: str, folder: Path) -> Path:
        """Write a program that runs another one inside."""
        path = folder / f"{Path(program).name}-in-{room}"
        path.write_text(f'#!/bin/sh\nexec ip netns exec {self.name(room)} {program} "$@"\n')
        path.chmod(0o755)
        return path

    def clear(self) -> None:
        """End what we started, then take our namespaces down; cables go with them."""
        for process in self._ours:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(10)
        for room in ROOMS:
            subprocess.run(
                ["ip", "netns", "del", self.name(room)], capture_output=True, check=False
            )


@contextmanager
def inside(name: str) -> Iterator[None]:
    """Stand in a namespace: sockets and children made meanwhile belong there; this thread only."""
    libc = ctypes.CDLL(None, use_errno=True)
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    there = os.open(f"/run/netns/{name}", os.O_RDONLY)
    try:
        _enter(libc, there)
        yield
    finally:
        _enter(libc, home)
        os.close(home)
        os.close(there)


def _enter(libc: ctypes.CDLL, handle: int) -> None:
    if libc.setns(handle, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def _run(*words: str, text: str = "") -> str:
    done = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(words)}: {done.stderr or done.stdout}"
    return done.stdout


def lacking() -> str:
    """Say what is missing for this, "" for nothing."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    tools = {"ip": "iproute2", "nft": "nftables", "turnserver": "coturn"}
    gone = [package for tool, package in tools.items() if shutil.which(tool) is None]
    if gone:
        return f"not installed: {' '.join(gone)}"
    probe = f"ydn{os.getpid()}-probe"
    made = subprocess.run(
        ["ip", "netns", "add", probe], capture_output=True, text=True, check=False
    )
    if made.returncode:
        return f"this machine gives no network namespaces: {made.stderr.strip()}"
    _run("ip", "netns", "del", probe)
    return ""
