"""Every kind of node that ships, by the word that a flow uses; `extend.md` says how to add one."""

from ivr.model import Node
from ivr.nodes import BASIC
from ivr.nodes_input import CallbackNode, CollectNode, LanguageNode
from ivr.nodes_way import AgentNode, FlowNode, NumberNode, ReturnNode
from ivr.nodes_world import BranchNode, HttpNode, SayNode

KINDS: dict[str, type[Node]] = {
    **BASIC,
    "collect": CollectNode,
    "say": SayNode,
    "branch": BranchNode,
    "http": HttpNode,
    "language": LanguageNode,
    "agent": AgentNode,
    "number": NumberNode,
    "callback": CallbackNode,
    "flow": FlowNode,
    "return": ReturnNode,
}
"""Installed packages add theirs (`switchboard.flows.node_kinds`)."""
