"""What the flow page reads out of a text: picture, faults, the names that nodes may use."""

from collections.abc import Callable

from domain.errors import Fault, NotFound
from ivr.picture import Picture, picture
from ivr.rewrite import put
from office.model import Config
from office.texts import split
from speech import text_of
from switchboard.flows import node_kinds, review_in
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
    found = review_in(world.config.now, name, text)
    faults = [_fault(fault) for fault in found.faults]
    return faults + [_fault(one, advice=True) for one in found.advice]


def words_in(config: Config) -> Callable[[str, str], str]:
    """Say what a prompt says in a language, "" for nobody knows: the firm's own words first."""
    own = {one.id: one for one in config.prompts}

    def words(name: str, language: str) -> str:
        said = own[name].said(language) if name in own else ""
        return said or shipped_words(name, language)

    return words


def shipped_words(name: str, language: str) -> str:
    """Say what a shipped prompt says, "" when there is none in this language."""
    try:
        return text_of(name, language)
    except NotFound:
        return ""


def _fault(fault: Fault, *, advice: bool = False) -> FlowFault:
    zh, en = split(fault.text)
    top, _, rest = fault.key.partition(".")
    node, _, key = rest.partition(".") if top == "nodes" else ("", "", fault.key)
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
