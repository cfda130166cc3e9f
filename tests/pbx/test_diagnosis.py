"""Carriers on which everything is wrong: each fault is named on the board and by `doctor trunk`."""

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.settings import load_settings
from tests.house.system import System, free_port, until

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(300)]

SECRET = "s3cret-of-the-carrier"
TOLD_S = 40.0
HOSTS = {
    "good": "127.0.3.1",
    "wrong": "127.0.3.2",
    "silent": "127.0.3.3",
    "rejects": "127.0.3.4",
    "codec": "127.0.3.5",
}
STRANGER = "127.0.3.66"
G729 = (
    "v=0\r\no=- 1 1 IN IP4 127.0.3.5\r\ns=-\r\nc=IN IP4 127.0.3.5\r\nt=0 0\r\n"
    "m=audio 4000 RTP/AVP 18\r\na=rtpmap:18 G729/8000\r\n"
)


class Carrier:
    """A socket that answers each request by its `reply`: status line and further headers."""

    def __init__(self, host: str, port: int, reply: Callable[[str], str]) -> None:
        self._reply = reply
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((host, port))
        self.heard: list[str] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                data, far = self._socket.recvfrom(65535)
            except OSError:
                return
            text = data.decode(errors="replace")
            self.heard.append(text)
            if not text.startswith(("SIP/2.0", "ACK")) and (said := self._reply(text)):
                self._socket.sendto(answer_to(text, said).encode(), far)

    def invite(self, far: tuple[str, int], body: str) -> None:
        """Call the installation."""
        host, port = self._socket.getsockname()
        text = (
            f"INVITE sip:4001000001@{far[0]}:{far[1]} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK-{host}\r\n"
            f"From: <sip:13900000001@{host}>;tag=1\r\nTo: <sip:4001000001@{far[0]}>\r\n"
            f"Call-ID: call-of-{host}\r\nCSeq: 1 INVITE\r\nContact: <sip:{host}:{port}>\r\n"
            f"Max-Forwards: 70\r\nContent-Type: application/sdp\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        )
        self._socket.sendto(text.encode(), far)

    def close(self) -> None:
        self._socket.close()


def answer_to(request: str, said: str) -> str:
    """Make a response: the request's own Via, From, To, Call-ID and CSeq."""
    own = re.findall(r"^(?:Via|From|To|Call-ID|CSeq|Contact):.*$", request, re.M)
    lines = [line.strip() for line in own]
    return "\r\n".join([f"SIP/2.0 {said}", *lines, "Content-Length: 0", "", ""])


CHALLENGE = (
    '401 Unauthorized\r\nWWW-Authenticate: Digest realm="carrier", nonce="n0nce", qop="auth"'
)
REPLIES: dict[str, Callable[[str], str]] = {
    "good": lambda _: "200 OK\r\nExpires: 3600",
    "wrong": lambda _: CHALLENGE,
    "silent": lambda _: "",
    "rejects": lambda _: "403 Forbidden",
    "codec": lambda _: "200 OK",
}


class Broken(System):
    """An installation with a line to each of these carriers."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        port = free_port()
        (root / "secret").write_text(SECRET)
        blocks = [block(name, host, port) for name, host in HOSTS.items()]
        self.file.write_text("\n".join([self.file.read_text(), *blocks]))
        self.settings = load_settings(self.file, {})
        self.carriers = {name: Carrier(host, port, REPLIES[name]) for name, host in HOSTS.items()}
        self.stranger = Carrier(STRANGER, port, lambda _: "")


def block(name: str, host: str, port: int) -> str:
    """Write a trunk's settings."""
    line = f'[[trunk]]\nname = "{name}"\nhost = "{host}"\nport = {port}\n'
    if name == "codec":
        return f'{line}kind = "address"\nmatch = ["{host}"]\n'
    return f'{line}kind = "registration"\nusername = "imp-{name}"\nsecret_file = "secret"\n'


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broken]:
    """Start it, and have the stranger and the G.729 carrier call."""
    system = Broken(tmp_path_factory.mktemp("broken"))
    try:
        system.prepare()
        system.start()
        system.carriers["codec"].invite(system.sip, G729)
        system.stranger.invite(system.sip, G729)
        yield system
    finally:
        system.stop()
        for carrier in (*system.carriers.values(), system.stranger):
            carrier.close()


FAULTS = {
    ("trunk_unregistered", "wrong"),
    ("trunk_silent", "silent"),
    ("trunk_rejected", "rejects"),
    ("no_common_codec", "codec"),
    ("address_unknown", STRANGER),
}


def incidents(system: Broken) -> dict[tuple[str, str], dict[str, Any]]:
    """Give the board's incidents."""
    return {(row["kind"], row["about"]): row for row in system.board()["incidents"]}


def all_told(broken: Broken) -> dict[tuple[str, str], dict[str, Any]]:
    """Give the board's incidents when they are exactly those; the good line has none."""
    rows = incidents(broken)
    return rows if set(rows) == FAULTS else {}


def test_each_fault_is_on_the_board_with_its_mend(broken: Broken) -> None:
    rows = until(lambda: all_told(broken), TOLD_S, "all faults and no other on the board")
    assert "G729" in rows[("no_common_codec", "codec")]["en"]
    assert "G.711" in rows[("no_common_codec", "codec")]["mend_zh"]
    assert "match" in rows[("address_unknown", STRANGER)]["mend_en"]
    assert all(row[name] for row in rows.values() for name in ("zh", "en", "mend_zh", "mend_en"))


def test_doctor_names_the_fault_of_each_trunk(broken: Broken) -> None:
    until(lambda: all_told(broken), TOLD_S, "every fault was captured")
    done = broken.yingda("doctor", "trunk", "--json")
    assert done.returncode == 1, done.stdout
    findings = json.loads(done.stdout)["findings"]
    bad = {row["name"]: row for row in findings if row["level"] != "ok"}
    assert set(bad) == {"trunk wrong", "trunk silent", "trunk rejects", "trunk codec", "strangers"}
    assert "imp-wrong" in bad["trunk wrong"]["en"] and "auth_user" in bad["trunk wrong"]["mend"]
    assert STRANGER in bad["strangers"]["en"]
    one = broken.yingda("doctor", "trunk", "good")
    assert "已注册" in one.stdout and "FAIL" not in one.stdout
    assert broken.yingda("doctor", "trunk", "nobody").returncode == 1


def test_the_log_says_it_and_the_buffer_holds_no_credentials(broken: Broken) -> None:
    until(lambda: all_told(broken), TOLD_S, "every fault was captured")
    assert "trunk_unregistered: trunk wrong does not register" in broken.log.read_text()
    digests = re.findall(r'response="([0-9a-f]{32})"', "".join(broken.carriers["wrong"].heard))
    assert digests, "the carrier was sent a digest"
    folder = broken.data / "trace"
    kept = b"".join(file.read_bytes() for file in folder.glob("trace.db*"))
    assert b"imp-wrong" in kept
    for secret in (SECRET, "n0nce", *digests):
        assert secret.encode() not in kept
