"""The dialplan's rules: no open pattern, no program, callers' words never bare. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping

from domain.errors import Fault
from pbx.conf import Step, steps

DIALPLAN = frozenset(
    ("extensions.conf", "dialplan-in.conf", "dialplan-out.conf", "dialplan-trunks.conf")
)
WAYS_IN = frozenset(("from-trunk", "from-agents", "from-test-caller", "transfer"))
"""Contexts that somebody outside chooses an extension of."""
HARMLESS = frozenset(("Set", "Goto", "Answer", "Echo", "Hangup", "UserEvent"))
"""All that may happen before a flow talks to the caller."""
PROGRAMS = re.compile(
    r"\b(System|TrySystem|SHELL|CURL|FILE|STAT|EVAL|ENV|DB|ODBC\w*|EAGI|DeadAGI|AsyncAGI|ExternalIVR"
    r"|Originate|DISA|Macro|Exec|TryExec|MINIVM\w*|SendURL|JACK_HOOK|VoiceMail|ReadFile|Log)\("
)
"""What starts a program, reads files, leaves the machine or lets a caller dial."""
OUTSIDE = re.compile(
    r"\$\{(?:PJSIP_HEADER\(read|CHANNEL\(pjsip,(?:request_uri|call-id)|HANGUPCAUSE\([^)]*,tech"
    r"|CALLERID\((?!num\)\})|CONNECTEDLINE\(|SIP_HEADER|SIPDOMAIN|HANGUPCAUSE_KEYS)"
)
"""Where words of the other side are read."""
_FILTERED = re.compile(r"FILTER\([0-9A-Za-z+_.*#-]+,\$\{EXTEN\}\)")
SAFE_ROUND = re.compile(r"FILTER\([0-9A-Za-z+_.*#-]+,\$\{")
RAW = re.compile(r"(?<!REPLACE\()\bCC_RAW\b(?=[}:])")
OUR_NOTES = re.compile(r"^DB\(yd-absent/\$\{CC_ABSENT\}/[a-z]+\)=")
"""The one place in Asterisk's database that the dialplan writes: what no engine heard."""
OUR_LEGS = frozenset(("opened", "leg"))
"""The contexts of legs that we dial ourselves: their Call-ID was made by our own Asterisk."""
KEY_FEATURES = frozenset("tTwWxXkKhH")
"""Options of Dial and Queue by which a key pressed in a talk moves or records it."""

Rule = Callable[[Step], str]


def dialplan_faults(files: Mapping[str, str]) -> Iterator[Fault]:
    """Yield every rule that a step of the dialplan breaks."""
    for name in sorted(DIALPLAN & files.keys()):
        for step in steps(name, files[name]):
            for rule in _RULES:
                if text := rule(step):
                    where = f"[{step.context}] {step.exten[:40]}"
                    yield Fault(name, step.number, where, text)


def _open_pattern(step: Step) -> str:
    """A dot or an exclamation mark outside brackets takes whatever is dialled."""
    if step.exten.startswith("_") and re.search(r"[.!]", re.sub(r"\[[^]]*\]", "", step.exten)):
        return "the pattern is open: it takes whatever is dialled"
    return ""


def _program(step: Step) -> str:
    kept = OUR_NOTES.sub("", step.argument) if step.app == "Set" else step.argument
    found = PROGRAMS.search(f"{step.app}({kept})")
    return f"{found[1]} runs programs, reads files or lets a caller dial" if found else ""


def _foreign_agi(step: Step) -> str:
    wrong = step.app == "AGI" and not re.fullmatch(r"\$\{AGI_URL\}/[a-z]+", step.argument)
    return "AGI asks nobody but our engine" if wrong else ""


def _way_in(step: Step) -> str:
    if step.context in WAYS_IN and step.app not in HARMLESS:
        return f"{step.app} stands where a call comes in; only a flow may do that"
    return ""


def _bare_extension(step: Step) -> str:
    bare = "${EXTEN" in _FILTERED.sub("", step.argument)
    return "what was dialled stands bare: FILTER it" if bare and step.exten[0] == "_" else ""


def _bare_words(step: Step) -> str:
    """Words from outside go into CC_RAW and out of it only encoded, or through a FILTER."""
    if not OUTSIDE.search(step.argument):
        return ""
    kept = step.app == "Set" and re.match(r"CC_(RAW|KEYS)=", step.argument)
    own = step.context in OUR_LEGS and "call-id" in step.argument
    if kept or own or SAFE_ROUND.search(step.argument):
        return ""
    return "the other side's words stand bare: put them into CC_RAW and encode them"


def _bare_raw(step: Step) -> str:
    if not RAW.search(step.argument):
        return ""
    cut = step.app == "Set" and re.fullmatch(
        r"CC_RAW=\$\{CC_RAW:\d+:\d+\}|CC_SIP=\$\{CC_RAW:4:3\}", step.argument
    )
    return "" if cut else "CC_RAW holds the other side's words: encode it first"


def _features(step: Step) -> str:
    if step.app not in ("Dial", "Queue"):
        return ""
    options = _arguments(step.argument)[2 if step.app == "Dial" else 1]
    found = KEY_FEATURES & set(re.sub(r"\([^)]*\)", "", options))
    return f"keys would do something in a talk: {''.join(sorted(found))}" if found else ""


def _arguments(text: str) -> list[str]:
    """Split at commas outside brackets of every kind, padded to three."""
    parts, depth = [""], 0
    for sign in text:
        depth += (sign in "({[") - (sign in ")}]")
        if sign == "," and not depth:
            parts.append("")
        else:
            parts[-1] += sign
    return [*parts, "", "", ""]


_RULES: tuple[Rule, ...] = (
    _open_pattern,
    _program,
    _foreign_agi,
    _way_in,
    _bare_extension,
    _bare_words,
    _bare_raw,
    _features,
)
