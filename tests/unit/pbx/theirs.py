"""Somebody else's Asterisk as a folder of files, sound until something is written over."""

from pathlib import Path

from domain.settings import parse_settings
from pbx.foreign import Foreign
from pbx.join_checks import Told, Wanted, examine
from pbx.joined import fragments
from pbx.render import render
from tests.unit.pbx.test_render import TEMPLATES, plan

RENDERED = render(TEMPLATES, plan())
SOUND = {
    "manager.conf": "[general]\nenabled = yes\nport = 5138\nbindaddr = 127.0.0.1\n",
    "http.conf": "[general]\nenabled=yes\nbindaddr=127.0.0.1\nbindport=8188\n",
    "modules.conf": "[modules]\nautoload = yes\n",
    "pjsip.conf": "[global]\ntype=global\nignore_uri_user_options=yes\n"
    "[udp](!)\ntype=transport\n[mine](udp)\nprotocol=udp\nbind=0.0.0.0:5060\n",
    "extensions.conf": "[hold]\nexten => s,1,NoOp()\n",
}


class Theirs:
    """A folder of another Asterisk's files, sound until something is written over."""

    def __init__(self, root: Path) -> None:
        self.etc, self.modules = root / "etc", root / "modules"
        for folder in (self.etc, self.modules, root / "data/moh"):
            folder.mkdir(parents=True)
        (root / "data/moh/one.gsm").touch()
        for line in RENDERED["modules.conf"].splitlines():
            if line.startswith("load = "):
                (self.modules / line[7:]).touch()
        self.write(
            "asterisk.conf",
            f"[directories]\nastmoddir => {self.modules}\nastdatadir => {root}/data\n"
            f"astrundir => {root}\n[options]\nsystemname = a-9f04c27ab1d3e865\n",
        )
        for name, text in SOUND.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        (self.etc / name).parent.mkdir(exist_ok=True)
        (self.etc / name).write_text(text)

    def add(self, name: str, text: str) -> None:
        old = (self.etc / name).read_text() if (self.etc / name).exists() else ""
        self.write(name, old + text)

    def told(self, uid: int = 1000) -> list[Told]:
        ours = Wanted(
            fragments(RENDERED, Path("/ours")),
            RENDERED["modules.conf"],
            parse_settings("", {}),
            uid,
        )
        return examine(Foreign(self.etc, Path("/ours")), ours)

    def stops(self) -> list[str]:
        return [str(told.fault) for told in self.told() if told.stops]

    def notes(self) -> list[str]:
        return [str(told.fault) for told in self.told() if not told.stops]
