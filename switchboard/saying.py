"""What callers, agents' mobiles and both sides at an answer hear, in the language of the call."""

from collections.abc import Callable
from dataclasses import dataclass

from acd import Floor
from domain.commands import Announce, RingAgent
from domain.ids import CallId
from pbx.hands import Says
from switchboard.cards import Cards
from switchboard.greetings import Greetings
from switchboard.plan import Plan
from switchboard.voices import Voices


@dataclass(frozen=True, slots=True)
class Saying:
    """Finds the files to play for a call; `plan` gives the configuration in force."""

    voices: Voices
    greetings: Greetings
    floor: Floor
    cards: Cards
    plan: Callable[[], Plan]

    def language(self, call: str) -> str:
        """Tell a call's language: chosen by the caller, else the hotline's, else the firm's."""
        card = self.cards.cards.get(call)
        hotline = self.plan().hotlines.get(card.hotline) if card else None
        own = hotline.language if hotline else self.plan().config.firm.language
        return self.cards.language(call) or own

    def seat(self, hotline: str) -> list[str]:
        """Say on an agent's mobile which hotline calls."""
        return self.voices.seat(hotline, self.plan().config.firm.language)

    def place(self, told: Announce) -> list[str]:
        """Say the place in the line."""
        return self.voices.place(told.place, self.language(told.call))

    def wait(self, told: Announce) -> list[str]:
        """Say how long it will take."""
        return self.voices.wait(told, self.language(told.call))

    def say(self, call: str, prompt: str) -> list[str]:
        """Find a prompt."""
        known = self.floor.calls.get(CallId(call))
        return self.voices.tip(prompt, self.language(call), known.hotline if known else "")

    def first(self, ring: RingAgent) -> Says:
        """Say at the answer who it is, to both sides."""
        call = self.floor.calls.get(ring.call)
        return self.greetings.says(ring, call, self.language(ring.call))
