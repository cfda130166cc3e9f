"""Another firm's Asterisk: own dialplan, phones, queue, transports and options, nothing of ours.

Names are those that we use ourselves in a private Asterisk: [hold], [from-trunk], [phone], [udp].
"""

import secrets
from collections.abc import Mapping
from pathlib import Path

from pbx.asterisk import PrivateAsterisk
from pbx.install import Installed

PHONES = ("501", "502")
QUEUE = "700"
_QUIET = (
    *("chan_iax2", "chan_unistim", "chan_motif", "chan_console", "pbx_dundi", "pbx_ael", "pbx_lua"),
    *("res_snmp", "res_xmpp", "res_odbc", "res_calendar", "res_smdi", "res_phoneprov"),
    *("res_stun_monitor", "res_prometheus", "res_statsd", "app_voicemail", "app_jack", "app_sms"),
    *("app_voicemail_odbc", "cel_radius", "cdr_radius", "cdr_pgsql", "cel_pgsql", "cdr_tds"),
    *("cel_tds", "res_config_ldap", "res_config_pgsql", "res_config_odbc", "res_adsi"),
)
"""Modules of a full Asterisk that would listen elsewhere, or want what this machine lacks."""


class OfficePbx:
    """Writes its files below `root` and starts it; `ports`: ami, http, sip, rtp (the first)."""

    def __init__(self, root: Path, installed: Installed, ports: Mapping[str, int]) -> None:
        self.root, self.installed, self.ports = root, installed, dict(ports)
        self.systemname = f"office-{secrets.token_hex(10)}"
        self.keys = {name: secrets.token_hex(12) for name in PHONES}
        for folder in ("etc/phones.d", "run", "log", "spool", "lib", "cache"):
            (root / folder).mkdir(parents=True)
        for name, text in self._files().items():
            (self.etc / name).write_text(text)
        self.asterisk = PrivateAsterisk(installed.binary, root, {})

    @property
    def etc(self) -> Path:
        """Name the folder of its configuration."""
        return self.root / "etc"

    @property
    def sip(self) -> tuple[str, int]:
        """Give where its own phones register."""
        return "127.0.0.1", self.ports["sip"]

    def bytes(self) -> dict[str, bytes]:
        """Read every file of its configuration."""
        found = sorted(file for file in self.etc.rglob("*") if file.is_file())
        return {str(file.relative_to(self.etc)): file.read_bytes() for file in found}

    def _files(self) -> dict[str, str]:
        root, share, modules = self.root, self.installed.share, self.installed.modules
        phones = "".join(_phone(name, key) for name, key in self.keys.items())
        quiet = "".join(f"noload => {name}.so\n" for name in _QUIET)
        return {
            "asterisk.conf": f"[directories]\nastetcdir => {root}/etc\nastmoddir => {modules}\n"
            f"astvarlibdir => {root}/lib\nastdbdir => {root}/lib\nastkeydir => {root}/lib\n"
            f"astdatadir => {share}\nastspooldir => {root}/spool\nastrundir => {root}/run\n"
            f"astlogdir => {root}/log\nastcachedir => {root}/cache\n[options]\n"
            f"systemname = {self.systemname}\nverbose = 1\nlive_dangerously = no\n",
            "modules.conf": f"[modules]\nautoload=yes\n{quiet}",
            "logger.conf": "[general]\n[logfiles]\nmessages.log => notice,warning,error\n",
            "manager.conf": "[general]\nenabled = yes\nbindaddr = 127.0.0.1\n"
            f"port = {self.ports['ami']}\n\n[boss]\nsecret = {secrets.token_hex(12)}\n"
            "read = call\nwrite = call\n",
            "http.conf": "[general]\nenabled = yes\nbindaddr = 127.0.0.1\n"
            f"bindport = {self.ports['http']}\n",
            "rtp.conf": f"[general]\nrtpstart={self.ports['rtp']}\nrtpend={self.ports['rtp'] + 99}",
            "pjsip.conf": "[global]\ntype = global\nuser_agent = Office\n"
            "ignore_uri_user_options = yes\n\n[udp]\ntype = transport\nprotocol = udp\n"
            f"bind = 127.0.0.1:{self.ports['sip']}\n\n"
            "[phone](!)\ntype = endpoint\ncontext = office\ndisallow = all\nallow = alaw\n"
            "#include phones.d/*.conf",
            "phones.d/staff.conf": phones,
            "queues.conf": "[general]\npersistentmembers = yes\nmonitor-type = MixMonitor\n"
            f"[fallback]\nstrategy = ringall\ntimeout = 15\nmember => PJSIP/{PHONES[1]}\n",
            "extensions.conf": "[general]\nstatic = yes\n;--\n[yd-hold]\n--;\n\n"
            "[globals]\nAGI_URL=agi://nobody\n\n[from-trunk]\nexten => _X.,1,Hangup(21)\n\n"
            "[hold]\nexten => s,1,Playback(beep)\n\n[office]\n"
            "exten => _50X,1,Dial(PJSIP/${EXTEN},20)\n"
            f"exten => {QUEUE},1,Answer()\n same => n,Queue(fallback,,,,20)\n same => n,Hangup()",
        }


def _phone(name: str, key: str) -> str:
    return (
        f"\n[{name}](phone)\nauth = {name}\naors = {name}\n[{name}]\ntype = auth\n"
        f"auth_type = digest\nusername = {name}\npassword = {key}\n[{name}]\ntype = aor\n"
        "max_contacts = 1\n"
    )
