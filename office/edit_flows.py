"""What the flow page changes of the configuration: a flow's text comes, changes or goes. Pure."""

import re

from domain.errors import Conflict, Fault, NotFound, Refused
from office.model import Config
from office.reading import parse
from office.sections import flow_file
from office.texts import both

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,47}")
TAKEN = frozenset(("kinds", "survey"))
"""Names that no new flow may have: an address of the interface, the survey after a talk."""


def put_flow(config: Config, name: str, text: str) -> Config:
    """Replace the text of a flow that is there."""
    if name not in config.flows:
        raise NotFound(both(f"没有流程：{name}", f"there is no flow {name}"))
    return _with(config, {**config.flows, name: text})


def add_flow(config: Config, name: str, text: str) -> Config:
    """Add a flow under a new name."""
    if name in config.flows or name in TAKEN:
        raise Conflict(both(f"已存在：{name}", f"{name} exists already"))
    if not _NAME.fullmatch(name):
        zh = "只能用小写字母、数字、- 和 _，以字母开头，最多 48 个"
        en = "lower-case letters, digits, - and _, a letter first, 48 at most"
        raise Refused(Fault(flow_file(name), 0, "name", both(zh, en)))
    return _with(config, {**config.flows, name: text})


def drop_flow(config: Config, name: str) -> Config:
    """Remove a flow and its tests when nothing leads to it; else say what does."""
    if name not in config.flows:
        raise NotFound(both(f"没有流程：{name}", f"there is no flow {name}"))
    users = flow_users(config, name)
    if users:
        listed = ", ".join(users)
        raise Conflict(both(f"流程还在使用：{listed}", f"the flow is still used by {listed}"))
    return _with(config, {key: text for key, text in config.flows.items() if key != name})


def flow_users(config: Config, name: str) -> list[str]:
    """List what leads to a flow: hotlines, other flows, the survey after a talk."""
    users = [f"hotlines {hotline.number}" for hotline in config.hotlines if _leads(hotline, name)]
    for other, text in sorted(config.flows.items()):
        if other != name and name in _sub_flows(text):
            users.append(flow_file(other))
    return [*users, "survey"] if name == "survey" else users


def _leads(hotline: object, name: str) -> bool:
    trial = getattr(hotline, "canary", None)
    return name in (getattr(hotline, "flow", ""), getattr(trial, "flow", ""))


def _sub_flows(text: str) -> set[str]:
    data = parse("", text).data
    nodes = data.get("nodes") if isinstance(data, dict) else None
    nodes = nodes.values() if isinstance(nodes, dict) else ()
    return {str(node.get("flow", "")) for node in nodes if isinstance(node, dict)} - {""}


def _with(config: Config, flows: dict[str, str]) -> Config:
    return config.model_copy(update={"flows": flows})
