"""Write `events.md` from the event classes: `python docs/events.py`. A test holds both equal."""

import inspect
from pathlib import Path

from domain import (
    agent_events,
    call_events,
    events,
    flow_events,
    hand_events,
    keeping_events,
    out_events,
    overflow_events,
    talk_events,
)

PAGE = Path(__file__).with_name("events.md")
ROOMS = (
    (call_events, "来电 · calls"),
    (flow_events, "流程 · flows"),
    (talk_events, "通话 · talks"),
    (out_events, "外呼 · calls out"),
    (overflow_events, "溢出与回拨 · overflow and callbacks"),
    (hand_events, "人工干预 · by hand"),
    (keeping_events, "保存与删除 · keeping and deleting"),
    (agent_events, "座席与系统 · agents and the engine"),
)
HEAD = """# 事件 · Events

每一件发生的事都是一条事件，先写入日志（journal），再起作用。本页由 `python docs/events.py` 生成。
Everything that happens is an event, written to the journal before anything acts on it. Kinds and
fields are an interface: they are added to, never renamed. *Derived* events are the core's own
decisions. Every event has a sequence number, a monotonic time and a UTC time in milliseconds.
"""


def page() -> str:
    """Draw the page."""
    parts = [HEAD]
    for module, title in ROOMS:
        parts.append(f"\n## {title}\n")
        for name, kind in events.KINDS.items():
            if kind.__module__ == module.__name__:
                parts.append(_entry(name, kind))
    return "\n".join(parts)


def _entry(name: str, kind: type[events.Event]) -> str:
    derived = " *(derived)*" if kind in events.DERIVED else ""
    fields = ", ".join(
        f"`{field}: {getattr(of, '__name__', of)}`"
        for field, of in events.field_types(name).items()
    )
    return f"### {name}{derived}\n{inspect.getdoc(kind)}\n\n{fields}\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
