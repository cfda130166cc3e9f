"""While a caller gives a secret, a recording that runs on the line hears silence."""

from collections.abc import Callable, Sequence

from domain import events as ev
from domain.commands import MuteRecording, PbxCommand
from switchboard.asides import Spools


class Discretion:
    """Listens for secrets and mutes the recording, where there is one (`Spools` knows)."""

    def __init__(self, spools: Spools, do: Callable[[Sequence[PbxCommand]], None]) -> None:
        self._spools = spools
        self._do = do

    def note(self, record: ev.Record) -> None:
        """Listener: mute and unmute."""
        match record.event:
            case ev.SecretBegan(call) if call in self._spools.offered:
                self._do([MuteRecording(call, muted=True)])
            case ev.SecretEnded(call) if call in self._spools.offered:
                self._do([MuteRecording(call, muted=False)])
