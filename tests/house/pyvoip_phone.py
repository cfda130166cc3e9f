"""A desk phone by pyVoIP, as a process: registers, takes every call, says a tone, hangs up last.

`python pyvoip_phone.py USER SECRET HOST PORT HZ SECONDS`; prints `registered`, then `answered` and
`heard BYTES` for a call. pyVoIP is GPL: it runs by itself and is never imported by ours.
"""

import math
import socket
import sys
import time

from pyVoIP.VoIP import CallState, InvalidStateError, PhoneStatus, VoIPCall, VoIPPhone


def main() -> None:
    """Be the phone until the standard input ends."""
    user, secret, host, port, hz, seconds = sys.argv[1:7]

    def ringing(call: VoIPCall) -> None:
        try:
            call.answer()
        except InvalidStateError:
            return
        print("answered", flush=True)
        print("heard", talk(call, float(hz), float(seconds)), flush=True)
        if call.state is CallState.ANSWERED:
            call.hangup()

    with socket.socket(type=socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        own = probe.getsockname()[1]
    phone = VoIPPhone(
        host, int(port), user, secret, myIP="127.0.0.1", sipPort=own, callCallback=ringing
    )
    phone.start()
    end = time.monotonic() + 20
    while phone.get_status() is not PhoneStatus.REGISTERED and time.monotonic() < end:
        time.sleep(0.05)
    print("registered" if phone.get_status() is PhoneStatus.REGISTERED else "failed", flush=True)
    sys.stdin.read()
    phone.stop()


def talk(call: VoIPCall, hz: float, seconds: float) -> int:
    """Say a tone for some seconds; gives how many bytes of sound were not silence."""
    turn = 2 * math.pi * hz / 8000
    samples = (round(128 + 60 * math.sin(turn * at)) for at in range(round(seconds * 8000)))
    call.write_audio(bytes(samples))
    end, heard = time.monotonic() + seconds, 0
    while call.state is CallState.ANSWERED and time.monotonic() < end:
        heard += sum(1 for each in call.read_audio(160) if abs(each - 128) > 8)
    return heard


if __name__ == "__main__":
    main()
