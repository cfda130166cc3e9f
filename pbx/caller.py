"""The caller's leg during a conversation: words of `domain.ports.Caller` into AGI commands."""

import asyncio
import re
from collections.abc import Sequence

from domain.errors import BadAction, CallerGone, PbxRefused, PbxUnavailable
from domain.ports import Gathered, Recorded
from pbx.action import PLAIN, VARIABLE
from pbx.agi import AgiSession, quote
from pbx.agi_text import AgiResult

KEYS = "0123456789*#"
SAMPLES_PER_S = 8000
LONGEST_S = 900.0
"""The dialplan ends a conversation after this many seconds; nothing we wait for lasts longer."""
IS_HERE = f"SET(TIMEOUT(absolute)={LONGEST_S:.0f})"
"""Asked among the first variables: a talk has 4 s in the dialplan until somebody is there."""
MOST_EARLY = 40
"""Keys pressed during one prompt that are kept; more are no answer to anything."""
ECHO_S = 0.15
"""Within this time the same key again is no second press.

A line that sends each key by RFC 4733 and by SIP INFO, or by INFO and in the voice, is heard twice:
the second one came 35 to 60 ms after the first (measured on 22.10.1, INFO sent at the key's end).
"""

_CODE = re.compile(r"[0-9]{1,3}")
BAR = "|"
"""Between values that are read together; where one holds it too, each is asked for alone."""


class AgiCaller:
    """A `Caller` over FastAGI; every method raises `CallerGone` once the channel has left."""

    def __init__(self, session: AgiSession) -> None:
        self._session = session
        self._last, self._at = "", 0.0
        self._doubles = False

    async def variables(self, *names: str) -> dict[str, str]:
        """Read channel variables or functions; one that is not set is empty."""
        if len(names) > 1:
            told = (await self._full(BAR.join("${" + _variable(name) + "}" for name in names))).data
            values = told.split(BAR)
            if len(values) == len(names):
                return dict(zip(names, values, strict=True))
        # a value has the bar in itself
        answers = [await self._full("${" + _variable(name) + "}") for name in names]
        return {name: answer.data for name, answer in zip(names, answers, strict=True)}

    async def _full(self, text: str) -> AgiResult:
        """Have a text filled in: GET VARIABLE cuts at 1023 signs, this one does not."""
        text = quote(text) if " " in text else text
        return await self._session.command(f"GET FULL VARIABLE {text}")

    async def set(self, name: str, value: str) -> None:
        """Set a channel variable."""
        await self._session.command(f"SET VARIABLE {_word(name)} {quote(value)}")

    async def answer(self) -> None:
        """Answer without waiting for the caller's first sound."""
        await self._session.command('EXEC Answer ",i"')

    async def play(self, prompts: Sequence[str], interrupt: str = "") -> str:
        """Play files (absolute, without extension); give the key that ended it, or nothing."""
        for prompt in prompts:
            key = await self._play(prompt, interrupt)
            if key:
                return key
        return ""

    async def play_out(self, prompt: str) -> str:
        """Play a file to its end, whatever is pressed; give the keys.

        Asterisk throws a key away that may not interrupt: so it may, and the file goes on from
        the sample at which it stopped.
        """
        keys, sample = "", 0
        while len(keys) < MOST_EARLY:
            line = f"STREAM FILE {quote(prompt)} {quote(KEYS)} {sample}"
            answer = await self._prompted(line)
            key = _key(answer) if answer else ""
            if answer is None or not key:
                return keys
            keys += "" if self._is_echo(key) else key
            sample = answer.endpos
        await self._prompted(f'STREAM FILE {quote(prompt)} "" {sample}')
        return keys

    async def gather(
        self,
        prompts: Sequence[str],
        *,
        most: int,
        first_s: float,
        next_s: float,
        end: str = "#",
    ) -> Gathered:
        """Collect keys; they count from the first prompt on, and end the prompts."""
        if end != "#" or (self._doubles and most > 1):
            return await self._key_by_key(prompts, most, (first_s, next_s), end)
        # GET DATA takes one file, one wait and the hash. Between two commands a key can be lost,
        # so there are as few as possible: the last prompt and the first key are one.
        key = await self.play(prompts[:-1], KEYS)
        if not key:
            at_once = most if first_s == next_s else 1
            got = await self._get_data(prompts[-1] if prompts else "", first_s, at_once)
            if got.timed_out or len(got.digits) < at_once or at_once == most:
                return got
            key = got.digits
        if key == end or most == 1:
            return Gathered(key.rstrip(end), timed_out=False)
        rest = await self._get_data("", next_s, most - 1)
        return Gathered(key + rest.digits, rest.timed_out)

    async def record(
        self, path_stem: str, *, max_s: float, silence_s: float, end: str = "#", beep: bool = True
    ) -> Recorded:
        """Record to `path_stem`.wav; what was said before a hang-up is kept and told."""
        line = f"RECORD FILE {quote(path_stem)} wav {quote(end)} {_ms(max_s)}"
        line += f"{' BEEP' if beep else ''} s={max(1, round(silence_s))}"
        began = asyncio.get_running_loop().time()
        answer = await self._session.ask(line, max_s + 30)
        seconds = answer.endpos / SAMPLES_PER_S
        # A phone that sends nothing at all leaves no samples to tell the length by.
        lasted = seconds or asyncio.get_running_loop().time() - began
        if answer.result == "-1" and answer.data != "hangup":
            raise PbxRefused(f"the message cannot be recorded: {answer.data or 'unknown reason'}")
        return Recorded(seconds, _ended_by(answer, lasted, max_s))

    async def verdict(self, value: str, **variables: str) -> None:
        """Tell the dialplan what comes next; CC_VERDICT is set last, as the proof."""
        told = variables | {"CC_VERDICT": value}
        if len(told) > 1 and all(map(PLAIN.fullmatch, told.values())):
            # one question instead of several; ARRAY sets its variables in their order
            names = ",".join(map(_variable, told))
            await self._session.command(f'SET VARIABLE ARRAY({names}) "{",".join(told.values())}"')
            return
        for name, content in told.items():
            await self.set(name, content)

    async def hang_up(self) -> None:
        """End the call; one that has ended already is fine."""
        try:
            await self._session.command("HANGUP")
        except CallerGone:
            return

    async def _play(self, prompt: str, keys: str) -> str:
        line = f"STREAM FILE {quote(prompt)} {quote(keys)}"
        while True:
            answer = await self._prompted(line)
            key = _key(answer) if answer else ""
            if not self._is_echo(key):
                return key

    async def _get_data(self, prompt: str, wait_s: float, most: int) -> Gathered:
        tail = f"{_ms(wait_s)} {most}"
        while True:
            answer = await self._prompted(f"GET DATA {quote(prompt)} {tail}")
            if answer is None:
                answer = await self._session.command(f'GET DATA "" {tail}', LONGEST_S)
            if most > 1 or not self._is_echo(answer.result):
                return Gathered(answer.result, answer.timed_out)

    def _is_echo(self, key: str) -> bool:
        """Tell whether this is the last key once more: a line that sends each in two ways."""
        now = asyncio.get_running_loop().time()
        if not key or key != self._last or now - self._at > ECHO_S:
            self._last, self._at = key or self._last, now if key else self._at
            return False
        self._doubles = True
        return True

    async def _prompted(self, line: str) -> AgiResult | None:
        """Send a command that plays a file; None, and a report, if there is no such file.

        Asterisk answers -1 to a missing file as to a hang-up, and nobody should lose a call for
        a missing prompt.
        """
        answer = await self._session.ask(line, LONGEST_S)
        if answer.result != "-1":
            return answer
        await self._session.command("CHANNEL STATUS")
        self._session.report(PbxRefused(f"Asterisk cannot play: {line}"))
        return None

    async def _key_by_key(
        self, prompts: Sequence[str], most: int, waits: tuple[float, float], end: str
    ) -> Gathered:
        digits = ""
        key = await self.play(prompts, KEYS)
        while True:
            if not key:
                wait_s = waits[1] if digits else waits[0]
                line = f"WAIT FOR DIGIT {_ms(wait_s)}"
                key = _key(await self._session.command(line, wait_s + 10))
                if self._is_echo(key):
                    key = ""
                    continue
            if not key or key in end:
                return Gathered(digits, timed_out=not key)
            digits += key
            if len(digits) >= most:
                return Gathered(digits, timed_out=False)
            key = ""


def _variable(name: str) -> str:
    if name != IS_HERE and not VARIABLE.fullmatch(name):
        raise BadAction(f"{name!r} is not a variable's name")
    return name


def _word(name: str) -> str:
    return quote(_variable(name)) if " " in name else _variable(name)


def _ms(seconds: float) -> int:
    return max(1, round(seconds * 1000))


def _key(answer: AgiResult) -> str:
    """Read a key from its code in ASCII; 0 and nothing are no key."""
    if answer.result in ("", "0"):
        return ""
    key = chr(int(answer.result)) if _CODE.fullmatch(answer.result) else ""
    if not key:
        raise PbxUnavailable("Asterisk's answer names no key")
    return key


def _ended_by(answer: AgiResult, lasted: float, max_s: float) -> str:
    if answer.data == "hangup":
        return "hangup"
    if answer.data == "dtmf":
        return "key"
    # Asterisk names silence a time-out too; the length tells them apart.
    return "silence" if lasted < max_s - 0.5 else "limit"
