"""The recordings' table: one row per recorded call, also where the recording failed."""

from sqlalchemy import BigInteger, Boolean, Float, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base


class Recording(Base):
    """A call's audio: `kind` is talk or message, `state` kept, failed or dropped (`reason`)."""

    __tablename__ = "recording"

    call: Mapped[str] = mapped_column(String(26), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    file: Mapped[str] = mapped_column(String(200), default="")
    peaks: Mapped[str] = mapped_column(String(200), default="")
    seconds: Mapped[float] = mapped_column(Float, default=0.0)
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    channels: Mapped[int] = mapped_column(Integer, default=0)
    reason: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[int] = mapped_column(BigInteger, index=True)
    seq: Mapped[int] = mapped_column(BigInteger)


class Message(Base):
    """A voicemail as it was left; what was done about it stands in `message_work`."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_box_at", "box", "at"),)

    call: Mapped[str] = mapped_column(String(26), primary_key=True)
    box: Mapped[str] = mapped_column(String(40))
    hotline: Mapped[str] = mapped_column(String(32), default="")
    caller: Mapped[str] = mapped_column(String(40), default="")
    withheld: Mapped[bool] = mapped_column(Boolean, default=False)
    seconds: Mapped[float] = mapped_column(Float, default=0.0)
    at: Mapped[int] = mapped_column(BigInteger)


class MessageWork(Base):
    """What people did about a message: `state` is new, heard, called or done."""

    __tablename__ = "message_work"

    call: Mapped[str] = mapped_column(String(26), primary_key=True)
    state: Mapped[str] = mapped_column(String(12), default="new")
    note: Mapped[str] = mapped_column(String(500), default="")
    by: Mapped[str] = mapped_column(String(64), default="")
    at: Mapped[int] = mapped_column(BigInteger)
