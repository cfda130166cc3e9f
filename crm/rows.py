"""The customers' table: whom a number belonged to when it last called; the CRM knows the rest."""

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base


class CustomerPhone(Base):
    """A caller's number and the customer that the CRM named for it last."""

    __tablename__ = "customer_phone"

    number: Mapped[str] = mapped_column(String(32), primary_key=True)
    customer: Mapped[str] = mapped_column(String(200), index=True)
    at: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(BigInteger)
