"""A walk as people and pages read it: each stop with its sentences in words. Pure."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ivr.model import Ask, Flow, Said, Spoken
from ivr.simulate import Stop, Walk
from ivr.spoken import names_of

Words = Callable[[str, str], str]
"""What a prompt says in a language, "" for nobody knows."""


def words_of(said: Said, language: str, words: Words) -> str:
    """Write out what the caller hears: a sentence, or the pieces of a value."""
    if isinstance(said, Spoken):
        joint = "" if language[:2] == "zh" else " "
        return joint.join(words(name, language) or name for name in names_of(said, language))
    return words(said, language) or said


def shown(done: Walk, words: Words, language: str = "zh") -> dict[str, Any]:
    """Give a walk as JSON: stops, what is waited for with its choices, and how it ended.

    `language` is the hotline's; what is said after a choice of language is in that one.
    """
    return {
        "stops": [_stop(stop, words, stop.language or language) for stop in done.stops],
        "waiting": _waiting(done, done.waiting) if done.waiting else None,
        "over": done.waiting is None,
        "outcome": done.outcome,
        "verdict": done.verdict,
        "group": done.group,
        "agent": done.agent,
        "number": done.number,
        "callback": done.callback,
        "intent": done.intent,
        "language": done.language or language,
        "values": dict(done.values),
        "asked": list(done.asked),
        "path": list(done.path),
    }


def _stop(stop: Stop, words: Words, language: str) -> dict[str, Any]:
    return {
        "flow": stop.flow,
        "node": stop.node,
        "kind": stop.kind,
        "turns": [_turn(word, what, language, words) for word, what in stop.turns],
        "took": stop.took,
    }


def _turn(word: str, what: Said, language: str, words: Words) -> dict[str, str]:
    text = words_of(what, language, words) if word == "said" else str(what)
    return {"kind": word, "name": str(what), "text": text}


def _waiting(done: Walk, ask: Ask) -> dict[str, Any]:
    state = done.state
    assert state is not None  # noqa: S101 - a walk that waits stands somewhere
    node = state.flow.nodes[state.node]
    labels: Mapping[str, str] = getattr(node, "labels", {})
    choices = [
        {"key": edge.label, "label": labels.get(edge.label, ""), "to": edge.to}
        for edge in node.edges()
        if edge.key and len(edge.label) == 1
    ]
    return {
        "flow": state.flow.name,
        "node": state.node,
        "kind": node.kind,
        "most": ask.most,
        "end": ask.end,
        "secret": ask.secret,
        "timeout_s": ask.first_s,
        "choices": choices,
    }


def lines_of(done: Walk, words: Words | None = None, language: str = "zh") -> list[str]:
    """Write a walk line by line for the terminal; without `words` prompts go by their names."""
    return [line for stop in done.stops for line in _lines(stop, words, language)] + _end(done)


def _lines(stop: Stop, words: Words | None, language: str) -> Iterator[str]:
    if stop.node:
        yield f"{stop.flow}/{stop.node} ({stop.kind})"
    speaks = stop.language or language
    for word, what in stop.turns:
        text = words_of(what, speaks, words) if words and word == "said" else str(what)
        yield _SIGNS[word] + text


_SIGNS = {"said": "  ♪ ", "heard": "  ← ", "told": "  "}


def _end(done: Walk) -> list[str]:
    return [] if done.waiting else [f"=> {done.outcome or done.verdict or 'hang_up'}"]


def chart(flow: Flow) -> str:
    """Draw a flow in the Mermaid language."""
    places = {name: f"n{number}" for number, name in enumerate(flow.nodes)}
    lines = ["flowchart TD"]
    for name, node in flow.nodes.items():
        lines.append(f'  {places[name]}["{name} ({node.kind})"]')
        lines += [
            f'  {places[name]} -->|"{_quoted(edge.label)}"| {places[edge.to]}'
            for edge in node.edges()
            if edge.to in places
        ]
    return "\n".join(lines)


def _quoted(label: str) -> str:
    return label.replace('"', "'")
