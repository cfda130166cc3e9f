"""The store's own table: how far each projection has read the journal."""

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base


class Cursor(Base):
    """The last journal place that a projection's rows hold; written with those rows."""

    __tablename__ = "projection"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, default=0)
