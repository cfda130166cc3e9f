"""What Asterisk has to load anew: a published configuration, or another version's files.

The AMI user `publish` may do nothing else and is logged in only for this moment.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence

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
"""Which module reads a rendered file that a publish changes."""
OF_A_VERSION = MODULES | {
    "acl.conf": "acl",
    "cdr.conf": "cdr",
    "cel.conf": "cel",
    "confbridge.conf": "app_confbridge",
    "features.conf": "features",
    "hep.conf": "res_hep",
    "http.conf": "http",
    "indications.conf": "indications",
    "logger.conf": "logger",
    "manager.conf": "manager",
    "musiconhold.conf": "res_musiconhold",
    "pjsip_notify.conf": "res_pjsip_notify",
    "queuerules.conf": "app_queue",
    "rtp.conf": "res_rtp_asterisk",
    "udptl.conf": "udptl",
}
"""The same for all that another version may bring; what is missing here needs a restart."""


async def republish(installation: Installation, config: Config) -> tuple[str, ...]:
    """Render and load what changed; gives the files' names. Calls in progress are not touched."""
    token = node_token(installation, fresh=False)
    changed = await asyncio.to_thread(write_asterisk, installation, config, token)
    await load(installation, changed, MODULES)
    return changed


async def load(
    installation: Installation, changed: Sequence[str], read_by: Mapping[str, str]
) -> None:
    """Let a running Asterisk read changed files again; nobody who talks or waits hears of it."""
    modules = list(dict.fromkeys(read_by[name] for name in changed if name in read_by))
    if modules:
        await _reload(installation, modules)


async def _reload(installation: Installation, modules: list[str]) -> None:
    secret = installation.secrets(["ami-publish"])["ami-publish"]
    account = Account("127.0.0.1", installation.settings.ports.ami, "publish", secret)
    link = AmiLink(account, Hooks(lambda message: None), installation.clock)
    try:
        await link.connect()
        for module in modules:
            await link.action("Reload", Module=module, timeout=10.0)
    except YingdaError as error:
        log.warning("Asterisk did not load its new files yet: %s", error)
    finally:
        await link.close()
