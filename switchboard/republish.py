"""A new configuration reaches Asterisk: accounts and numbers are rendered again and loaded.

The AMI user `publish` may do nothing else and is logged in only for this moment.
"""

import asyncio
import logging

from domain.errors import YingdaError
from office import Config
from pbx.link import Account, AmiLink, Hooks
from switchboard.installation import Installation, node_token, write_asterisk

log = logging.getLogger("yingda.republish")

MODULES = {
    "pjsip.conf": "res_pjsip",
    "extensions.conf": "pbx_config",
    "dialplan-in.conf": "pbx_config",
    "dialplan-out.conf": "pbx_config",
    "dialplan-trunks.conf": "pbx_config",
    "queues.conf": "app_queue",
}
"""Which module reads a rendered file; the others need a restart of Asterisk."""


async def republish(installation: Installation, config: Config) -> tuple[str, ...]:
    """Render and load what changed; gives the files' names. Calls in progress are not touched."""
    token = node_token(installation, fresh=False)
    changed = await asyncio.to_thread(write_asterisk, installation, config, token)
    modules = list(dict.fromkeys(MODULES[name] for name in changed if name in MODULES))
    if modules:
        await _reload(installation, modules)
    return changed


async def _reload(installation: Installation, modules: list[str]) -> None:
    secret = installation.secrets(["ami-publish"])["ami-publish"]
    account = Account("127.0.0.1", installation.settings.ports.ami, "publish", secret)
    link = AmiLink(account, Hooks(lambda message: None), installation.clock)
    try:
        await link.connect()
        for module in modules:
            await link.action("Reload", Module=module, timeout=10.0)
    except YingdaError as error:
        log.warning("Asterisk did not load the new accounts yet: %s", error)
    finally:
        await link.close()
