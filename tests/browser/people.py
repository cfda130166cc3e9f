"""Who sits at a browser in these tests: opens pages, clicks as people do, listens as they would.

Everything that a page complains of (console, uncaught errors, CSP) is kept in `complaints`, all
that the server pushes to it in `told`.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from playwright.async_api import Browser, ConsoleMessage, Locator, Page, WebSocket

from speech import alaw

NEW_PASSWORD = "Yunshan-2026-journey"
SHORT_MS, LONG_MS = 30_000, 60_000
SHIFT_DOORS = "[data-test='shift-go'], [data-test='take-over']"

EARS = """
(() => {
  const made = RTCPeerConnection;
  window.heardConnections = [];
  window.RTCPeerConnection = function (...args) {
    const one = new made(...args);
    window.heardConnections.push(one);
    return one;
  };
  window.RTCPeerConnection.prototype = made.prototype;
  Object.assign(window.RTCPeerConnection, { generateCertificate: made.generateCertificate });
  addEventListener('securitypolicyviolation', (e) =>
    console.error('CSP', e.violatedDirective, e.blockedURI));
  window.shown = [];
  window.rung = [];
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...args) {
    if (this.frequency.value === 450) window.rung.push(performance.now());
    return start.apply(this, args);
  };
  let there = false;
  new MutationObserver(() => {
    const card = document.querySelector("[data-test='card']") !== null;
    if (card && !there) window.shown.push(performance.now());
    there = card;
  }).observe(document, { childList: true, subtree: true });
})();
"""
"""Lets a test reach the page's phone connections, makes every CSP report a complaint, and notes
when a ring card came (`shown`) and when the ring tone began (`rung`)."""

SPECTRUM = """
async (hz) => {
  const live = window.heardConnections.filter((c) => c.connectionState === 'connected').at(-1);
  const track = live?.getReceivers()[0]?.track;
  if (!track) return -200;
  const sound = (window.testAudio ??= new AudioContext());
  const source = sound.createMediaStreamSource(new MediaStream([track]));
  const analyser = sound.createAnalyser();
  analyser.fftSize = 4096;
  analyser.smoothingTimeConstant = 0;
  source.connect(analyser);
  await new Promise((done) => setTimeout(done, 250));
  const bins = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(bins);
  source.disconnect();
  const step = sound.sampleRate / analyser.fftSize;
  const at = Math.round(hz / step);
  return Math.max(...bins.slice(at - 1, at + 2));
}
"""
"""How loud (dB) one frequency is in what the page's phone hears now."""


@dataclass
class Person:
    """One person at one browser window of their own (own cookies, own storage)."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def at(self, name: str) -> Locator:
        """Find what carries this data-test name."""
        return self.page.locator(f"[data-test='{name}']")

    async def press(self, *names: str) -> None:
        """Click one after the other."""
        for name in names:
            await self.at(name).first.click(timeout=SHORT_MS)

    async def sees(self, name: str, ms: float = LONG_MS) -> Locator:
        """Wait until it is there to be seen."""
        found = self.at(name).first
        await found.wait_for(state="visible", timeout=ms)
        return found

    async def text(self, name: str) -> str:
        """Read what stands there."""
        return (await self.at(name).first.inner_text(timeout=SHORT_MS)).strip()

    async def state(self, word: str, ms: float = LONG_MS) -> None:
        """Wait until the agent's own state is this word."""
        await self.at("state-label").filter(has_text=word).wait_for(timeout=ms)

    async def go(self, path: str) -> None:
        """Open a page of the product by its address."""
        await self.page.goto(f"{self.url}{path}")

    async def hears(self, hz: float) -> float:
        """Tell how loud this frequency is in the phone of this page, in dB."""
        return float(await self.page.evaluate(SPECTRUM, hz))

    async def sign_in(self, login: str, logins: dict[str, str]) -> None:
        """Log in; a first password is changed, and `logins` then knows the new one."""
        await self.go("/login")
        await self.at("login-name").fill(login)
        await self.at("login-password").fill(logins[login])
        await self.press("login-go")
        await self.page.wait_for_url(lambda to: "/login" not in to, timeout=SHORT_MS)
        await self.sees("user-menu")
        if self.page.url.endswith("/me") and await self.at("password-old").count():
            await self._change_password(login, logins)

    async def _change_password(self, login: str, logins: dict[str, str]) -> None:
        await self.at("password-old").fill(logins[login])
        for name in ("password-new", "password-again"):
            await self.at(name).fill(NEW_PASSWORD)
        async with self.page.expect_response(lambda r: r.url.endswith("/me/password")):
            await self.press("password-go")
        logins[login] = NEW_PASSWORD
        await self.go("/")

    async def take_shift(self) -> None:
        """签入 with the browser's own phone and wait until it is registered."""
        await self.go("/desk")
        await self.page.locator(SHIFT_DOORS).first.wait_for(timeout=LONG_MS)
        if await self.at("take-over").count():
            await self.press("take-over")
            await self.registered()
            return
        await self.press("shift-browser", "shift-go")
        await self.sees("state-label")
        await self.registered()

    async def registered(self) -> None:
        """Wait until this page's phone is known to the PBX."""
        text = "浏览器电话 · 已注册"
        await self.page.get_by_text(text).wait_for(timeout=LONG_MS)

    async def ready(self) -> None:
        """Press 示闲 and wait until the server says so."""
        await self.press("state-ready")
        await self.state("就绪")


async def until(
    what: Callable[[], Awaitable[Any]] | Callable[[], Any], seconds: float = 40, step: float = 0.1
) -> Any:
    """Ask again until the answer is true, and give it; AssertionError when time is over."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while True:
        answer = what()
        if asyncio.iscoroutine(answer):
            answer = await answer
        if answer:
            return answer
        assert loop.time() < end, f"never came true within {seconds:g} s: {what}"
        await asyncio.sleep(step)


async def newcomer(browser: Browser, url: str, size: tuple[int, int] = (1366, 768)) -> Person:
    """Give a person a fresh window."""
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        permissions=["microphone"],
        accept_downloads=True,
    )
    await context.add_init_script(EARS)
    person = Person(await context.new_page(), url.rstrip("/"))
    context.on("page", lambda page: listen(page, person))
    listen(person.page, person)
    return person


def listen(page: Page, person: Person) -> None:
    """Keep what this page complains of."""

    def said(message: ConsoleMessage) -> None:
        if message.type == "error":
            person.complaints.append(f"{message.text} {message.location}")

    page.on("console", said)
    page.on("pageerror", lambda error: person.complaints.append(str(error)))
    page.on("websocket", lambda socket: _overhear(socket, person))


def _overhear(socket: WebSocket, person: Person) -> None:
    if "/live" in socket.url:
        socket.on("framereceived", lambda frame: person.told.append(str(frame)))


FRAME = 160
LOUD, QUIET = 300.0, 60.0


class Heard(Protocol):
    """Anybody's phone: what it heard, A-law at 8 kHz."""

    def heard(self) -> bytes: ...


def loudness(heard: bytes) -> list[float]:
    """Give the root mean square of each 20 ms."""
    samples = alaw.decode(heard)
    parts = [samples[at : at + FRAME] for at in range(0, len(samples) - FRAME + 1, FRAME)]
    return [math.sqrt(sum(x * x for x in part) / FRAME) for part in parts]


async def hears_beeps(phone: Heard) -> None:
    """Wait until the caller hears what Chromium's fake microphone says: beeps in silence."""
    mark = len(phone.heard())

    def beeps() -> bool:
        level = loudness(phone.heard()[mark:])
        return sum(x > LOUD for x in level) >= 2 and sum(x < QUIET for x in level) >= 20

    await until(beeps)
