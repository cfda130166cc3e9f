"""The tables of calls: one row per call, one per segment, one per stretch of an agent."""

from sqlalchemy import BigInteger, Boolean, Index, Integer, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base


class Call(Base):
    """One call (话单); `outcome` is null while it goes on. Times UTC ms, durations ms."""

    __tablename__ = "call"
    __table_args__ = (
        Index("ix_call_started", "started", "call"),
        Index("ix_call_hotline_started", "hotline", "started"),
        Index("ix_call_group_started", "group", "started"),
        Index("ix_call_agent_started", "agent", "started"),
        Index("ix_call_caller_started", "caller", "started"),
    )

    call: Mapped[str] = mapped_column(String(26), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    started: Mapped[int] = mapped_column(BigInteger)
    ended: Mapped[int | None] = mapped_column(BigInteger)
    hotline: Mapped[str] = mapped_column(String(40))
    brand: Mapped[str] = mapped_column(String(64))
    called: Mapped[str] = mapped_column(String(40))
    caller: Mapped[str] = mapped_column(String(40))
    caller_raw: Mapped[str] = mapped_column(String(100))
    caller_name: Mapped[str] = mapped_column(String(100))
    trunk: Mapped[str] = mapped_column(String(64))
    flow: Mapped[str] = mapped_column(String(64))
    flow_version: Mapped[int] = mapped_column(Integer)
    outcome: Mapped[str | None] = mapped_column(String(20))
    group: Mapped[str] = mapped_column(String(64))
    agent: Mapped[str] = mapped_column(String(20))
    intent: Mapped[str] = mapped_column(String(100))
    by: Mapped[str] = mapped_column(String(10))
    cause: Mapped[int | None] = mapped_column(Integer)
    entered: Mapped[int | None] = mapped_column(BigInteger)
    answered: Mapped[int | None] = mapped_column(BigInteger)
    ivr_ms: Mapped[int] = mapped_column(Integer)
    wait_ms: Mapped[int] = mapped_column(Integer)
    ring_ms: Mapped[int] = mapped_column(Integer)
    talk_ms: Mapped[int] = mapped_column(Integer)
    hold_ms: Mapped[int] = mapped_column(Integer)
    wrap_ms: Mapped[int] = mapped_column(Integer)
    total_ms: Mapped[int] = mapped_column(Integer)
    offers: Mapped[int] = mapped_column(Integer)
    score: Mapped[int | None] = mapped_column(Integer)
    has_recording: Mapped[bool] = mapped_column(Boolean)
    has_message: Mapped[bool] = mapped_column(Boolean)
    customer: Mapped[str] = mapped_column(String(100))
    customer_status: Mapped[str] = mapped_column(String(10))
    summary_category: Mapped[str] = mapped_column(String(100))
    summary_result: Mapped[str] = mapped_column(String(100))
    summary_note: Mapped[str] = mapped_column(Text)
    summary_agent: Mapped[str] = mapped_column(String(20))
    direction: Mapped[str] = mapped_column(String(3), server_default="in")
    reason: Mapped[str] = mapped_column(String(40), server_default="")
    sip: Mapped[int] = mapped_column(Integer, server_default="0")
    sip_id: Mapped[str] = mapped_column(String(200), server_default="")
    withheld: Mapped[bool] = mapped_column(Boolean, server_default=false())
    consent: Mapped[str] = mapped_column(String(200), server_default="")
    dial_ms: Mapped[int] = mapped_column(Integer, server_default="0")
    linked: Mapped[str] = mapped_column(String(26), server_default="")
    pressed: Mapped[int] = mapped_column(Integer, server_default="0")
    arm: Mapped[str] = mapped_column(String(8), server_default="")
    notice: Mapped[str] = mapped_column(String(200), server_default="")
    notice_ms: Mapped[int] = mapped_column(Integer, server_default="0")
    notice_cut: Mapped[bool] = mapped_column(Boolean, server_default=false())


class FlowStep(Base):
    """One pass at a node of a flow, as `cdr.steps.Pass` says."""

    __tablename__ = "flow_step"
    __table_args__ = (Index("ix_flow_step_flow_at", "flow", "at"), Index("ix_flow_step_at", "at"))

    call: Mapped[str] = mapped_column(String(26), primary_key=True)
    n: Mapped[int] = mapped_column(Integer, primary_key=True)
    flow: Mapped[str] = mapped_column(String(64))
    node: Mapped[str] = mapped_column(String(64))
    at: Mapped[int] = mapped_column(BigInteger)
    fresh: Mapped[bool] = mapped_column(Boolean)
    ms: Mapped[int] = mapped_column(Integer)
    edge: Mapped[str] = mapped_column(String(64))
    keys: Mapped[int] = mapped_column(Integer)
    silent: Mapped[bool] = mapped_column(Boolean)
    result: Mapped[str] = mapped_column(String(20))


class SegmentRow(Base):
    """One stretch of a call, as `cdr.record.Segment` says."""

    __tablename__ = "segment"
    __table_args__ = (
        Index("ix_segment_kind_started", "kind", "started"),
        Index("ix_segment_kind_agent_started", "kind", "agent", "started"),
    )

    call: Mapped[str] = mapped_column(String(26), primary_key=True)
    n: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    started: Mapped[int] = mapped_column(BigInteger)
    ended: Mapped[int | None] = mapped_column(BigInteger)
    ms: Mapped[int] = mapped_column(Integer)
    group: Mapped[str] = mapped_column(String(64))
    agent: Mapped[str] = mapped_column(String(20))
    node: Mapped[str] = mapped_column(String(64))
    keys: Mapped[str] = mapped_column(String(200))
    result: Mapped[str] = mapped_column(String(100))
    by: Mapped[str] = mapped_column(String(10))
    offer: Mapped[int | None] = mapped_column(BigInteger)
    ring_ms: Mapped[int | None] = mapped_column(Integer)


class AgentSpan(Base):
    """One stretch of an agent in one state; `ended` is null for the present one."""

    __tablename__ = "agent_span"
    __table_args__ = (Index("ix_agent_span_ended", "ended", "started"),)

    agent: Mapped[str] = mapped_column(String(20), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(20))
    started: Mapped[int] = mapped_column(BigInteger, index=True)
    ended: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(64))
    call: Mapped[str] = mapped_column(String(26))
    group: Mapped[str] = mapped_column(String(64))
    said: Mapped[str] = mapped_column(String(10))
    said_reason: Mapped[str] = mapped_column(String(64))
