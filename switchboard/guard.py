"""`yingda guard`: hears who fails to sign in at the SIP port, and has Asterisk shut them out.

A process of its own with an AMI user that reads security events and nothing else: a flood of
failures costs the engine nothing. It may fail without harm.
"""

import asyncio
import contextlib
import logging
import signal

from domain.errors import YingdaError
from office.atomic import write_atomic
from pbx.bans import ALWAYS, FAILURES, PROOFS, Guard, Rules, address_of, networks, written
from pbx.link import Account, AmiLink, Hooks
from pbx.message import Message
from pbx.wire import Sieve
from switchboard.installation import Installation, bans_of, system_name
from switchboard.republish import republish

log = logging.getLogger("yingda.guard")

LOOK_S = 10.0
"""How often bans that are over, or were lifted by hand, are looked for."""
MINUTE_MS = 60_000


def rules_of(installation: Installation) -> Rules:
    """Make the rules of the settings: carriers are never shut out."""
    sip, trunks = installation.settings.sip, installation.settings.trunks
    lines = [place for trunk in trunks for place in (trunk.host, *trunk.match)]
    never = networks((*ALWAYS, *sip.never_ban, *lines))
    return Rules(most=sip.ban_after, ban_ms=sip.ban_min * MINUTE_MS, never=never)


class Watch:
    """Counts while it hears; shuts out and lets go one after the other."""

    def __init__(self, installation: Installation) -> None:
        self.around = installation
        self._guard = Guard(rules_of(installation), bans_of(installation.bans_file))
        self._told = set(self._guard.bans)
        self._changed = asyncio.Event()

    def heard(self, message: Message) -> None:
        """Take in one security event; what it names was said by a stranger."""
        name = message.event
        address = address_of(message.get("RemoteAddress", ""))
        now = self.around.clock.utc_ms()
        if not address:
            return
        if name in PROOFS:
            self._guard.known(address, now)
        elif name in FAILURES and (ban := self._guard.failed(address, now)):
            log.warning("%s is shut out after %d wrong tries", ban.address, ban.tries)
            self._changed.set()

    async def run(self) -> None:
        """Keep Asterisk's list as it should be, for ever."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._changed.wait()
            self._look()
            if self._changed.is_set():
                self._changed.clear()
                await self._tell()

    def _look(self) -> None:
        """Let go of those whose time is over, and of whoever was let go by hand."""
        kept = {ban.address for ban in bans_of(self.around.bans_file)}
        lifted = self._told - kept
        for address in lifted:
            self._guard.bans.pop(address, None)
        if self._guard.over(self.around.clock.utc_ms()) or lifted:
            self._changed.set()

    async def _tell(self) -> None:
        write_atomic(self.around.bans_file, written(self._guard.bans))
        self._told = set(self._guard.bans)
        try:
            await republish(self.around, self.around.plan().config)
        except (YingdaError, OSError) as error:
            log.warning("Asterisk does not know yet who is shut out: %s", error)


async def run_guard(installation: Installation) -> None:
    """Be the guard process until told to stop."""
    keeping = asyncio.create_task(_keep(installation))
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, keeping.cancel)
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await keeping
    finally:
        await installation.database.close()


async def _keep(installation: Installation) -> None:
    """Hear one Asterisk after the other: each start has a name of its own."""
    secret = installation.secrets(["ami-guard"])["ami-guard"]
    watch = Watch(installation)
    sieve = Sieve(lambda: system_name(installation), FAILURES | PROOFS | {"FullyBooted"})
    account = Account("127.0.0.1", installation.settings.ports.ami, "guard", secret, sieve)
    link = AmiLink(account, Hooks(watch.heard), installation.clock)
    try:
        await link.connect(wait_s=0)
        await watch.run()
    finally:
        await link.close()
