"""What the flow page reads out of a text: picture, faults, the names that nodes may use."""

from dataclasses import replace

from domain.errors import Fault
from ivr.picture import Picture, picture
from ivr.rewrite import put
from office.entries import names_of
from office.model import Config
from office.texts import split
from switchboard.flows import node_kinds
from web.schema_flows import Drawn, FlowEdge, FlowFault, FlowNode
from web.world import World

_TOP = ("flow", "title", "start", "values", "straight", "nodes")
STARTER = """\
# 新的热线流程 · a new flow
flow: new
start: person

nodes:
  person: # 转人工 · on to a person
    kind: group
    group: {group}
    prompts: [hold_intro]
"""


def starter(config: Config) -> str:
    """Write the smallest flow that works: straight to the first skill group."""
    return STARTER.format(group=config.groups[0].id)


def take_name(text: str, name: str, title: str) -> str:
    """Give a text another flow's name, and a title if there is one."""
    named = put(text, ("flow",), name, _TOP)
    return put(named, ("title",), title, _TOP) if title else named


def picture_of(text: str) -> Picture:
    """Draw a text with every kind of node that is installed."""
    return picture(text, node_kinds())


def faults_of(world: World, name: str, text: str) -> list[FlowFault]:
    """List what is wrong with a text, checked against the configuration in force."""
    names = names_of(world.config.now)
    names = replace(names, flows=names.flows | {name})
    return [_fault(fault) for fault in world.publisher.check_flow(name, text, names)]


def _fault(fault: Fault) -> FlowFault:
    zh, en = split(fault.text)
    top, _, rest = fault.key.partition(".")
    node, _, key = rest.partition(".") if top == "nodes" else ("", "", fault.key)
    advice = bool(getattr(fault, "advice", False))
    return FlowFault(line=fault.line, node=node, key=key, zh=zh, en=en, advice=advice)


def drawn(world: World, name: str, text: str) -> Drawn:
    """Draw a text and check it."""
    seen = picture_of(text)
    nodes = [
        FlowNode(
            name=box.name,
            kind=box.kind,
            line=box.line,
            fields=dict(box.fields),
            whole=box.whole,
            person=box.person,
            prompts=list(box.prompts),
        )
        for box in seen.boxes
    ]
    edges = [
        FlowEdge(node=one.node, label=one.label, to=one.to, key=one.key, meaning=one.meaning)
        for one in seen.arrows
    ]
    return Drawn(
        text=text,
        title=seen.title,
        start=seen.start,
        values=dict(seen.values),
        straight=seen.straight,
        nodes=nodes,
        edges=edges,
        faults=faults_of(world, name, text),
    )
