"""The survey's table: one row per call that should have been asked."""

from sqlalchemy import BigInteger, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base


class SurveyAnswer(Base):
    """Whether a caller was asked, and what came of it: invited, answered or skipped."""

    __tablename__ = "survey_answer"

    call: Mapped[str] = mapped_column(String(26), primary_key=True)
    agent: Mapped[str] = mapped_column(String(16), index=True)
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(32), default="")
    score: Mapped[int | None] = mapped_column(Integer)
    invited: Mapped[bool] = mapped_column(default=False)
    at: Mapped[int] = mapped_column(BigInteger, index=True)
    seq: Mapped[int] = mapped_column(BigInteger)
