"""The world of a simulated walk: who calls, when, what queues and other systems say. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from domain.numbers import classify
from domain.ports import GroupView
from ivr.expression import Fact
from ivr.facts import agent_fact, queue_fact
from ivr.model import HttpSeen


@dataclass(frozen=True, slots=True)
class Queue:
    """A group as the scene has it; `wait_s` is the estimate a caller would be told."""

    waiting: int = 0
    ready: int = 1
    signed_in: int = 1
    wait_s: float = 0

    def view(self) -> GroupView:
        """Show it to a flow."""
        return GroupView(waiting=self.waiting, ready=self.ready, signed_in=self.signed_in)

    def figure(self, name: str) -> float:
        """Give the figure behind `queue.GROUP.name`."""
        return self.waiting if name == "length" else float(getattr(self, name))


STAFFED, EMPTY = Queue(), Queue(ready=0, signed_in=0)
NO_ANSWER = HttpSeen(0)


@dataclass(frozen=True, slots=True)
class Scene:
    """The world of one walk. `facts` by the names of `ivr.facts`; queues and agents apart.

    `http` holds the answers by node (`look`, or `order_query/look`), one after the other, the
    last for good; a node without any gets none. `message_s` is what callers leave by voicemail,
    `outside` whether an outside number answers.
    """

    is_open: Callable[[str], bool] = lambda name: True
    queue: Callable[[str], Queue] = lambda name: STAFFED
    agent: Callable[[str], tuple[bool, bool]] = lambda number: (True, True)
    facts: Mapping[str, Fact] = field(default_factory=dict)
    http: Mapping[str, tuple[HttpSeen, ...]] = field(default_factory=dict)
    message_s: float = 8.0
    hangs_up: bool = False
    outside: bool = True
    caller: str = ""

    def fact(self, name: str) -> Fact:
        """Give what the world answers to a name, "" for what it does not know."""
        queue, agent = queue_fact(name), agent_fact(name)
        if queue:
            figure = self.queue(queue[0]).figure(queue[1])
            return int(figure) if figure == int(figure) else figure
        if agent:
            ready, here = self.agent(agent[0])
            return int(ready if agent[1] == "ready" else here)
        return self.facts.get(name, "")

    def answer(self, flow: str, node: str, asked: int) -> HttpSeen:
        """Give the answer of another system to this node, which asked so often before."""
        answers = self.http.get(f"{flow}/{node}", self.http.get(node, ()))
        return answers[min(asked, len(answers) - 1)] if answers else NO_ANSWER


def caller_facts(number: str) -> dict[str, Fact]:
    """Say of a number what needs no table: the number and its kind."""
    return {"caller.number": number, "caller.kind": classify(number) if number else ""}
