"""What every test phone can do, whatever library speaks SIP underneath."""

from dataclasses import dataclass
from typing import Protocol

from domain.errors import YingdaError


@dataclass(frozen=True, slots=True)
class Account:
    """Whom a phone is and where: `local` is the address it sends from, `far` that of the PBX.

    With a secret the phone registers; without one it is known by its address (the test trunk).
    """

    user: str
    secret: str
    far: tuple[str, int]
    local: str = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Ring:
    """A call that rings: who calls, and the id that the engine gave the call."""

    caller: str
    call: str


class CallRefused(YingdaError):
    """The other side did not take the call; `status` is the SIP answer, 0 = none in time."""

    code = "call_refused"

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status} {text}" if status else text)
        self.status = status


class Softphone(Protocol):
    """A phone with one line. Times are seconds; TimeoutError when something did not come."""

    async def open(self) -> None:
        """Take a port and register, if there is a secret."""

    async def close(self) -> None:
        """Hang up, unregister, give the port back."""

    async def wait_ring(self, seconds: float) -> Ring:
        """Wait until the phone rings (it has said 180 Ringing)."""

    async def answer(self) -> None:
        """Take the ringing call."""

    async def decline(self, status: int = 486) -> None:
        """Refuse the ringing call."""

    async def dial(self, number: str, seconds: float = 30) -> float:
        """Call a number; gives the seconds until the answer. Raises CallRefused."""

    async def press(self, keys: str) -> None:
        """Press keys (RFC 4733)."""

    async def hang_up(self) -> None:
        """End whatever goes on; nothing if nothing does."""

    async def wait_end(self, seconds: float) -> str:
        """Wait until the call is over; tells by whom: own, far or cancelled."""

    def heard(self) -> bytes:
        """Give what was heard in the last call since it was answered, as A-law at 8 kHz."""
