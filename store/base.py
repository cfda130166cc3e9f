"""The one MetaData that every table of the product belongs to."""

from typing import ClassVar

from sqlalchemy import BigInteger, Integer, MetaData
from sqlalchemy.orm import DeclarativeBase

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

BigId = BigInteger().with_variant(Integer(), "sqlite")
"""A counting primary key: 64 bits everywhere (SQLite counts up only in plain INTEGER)."""


class Base(DeclarativeBase):
    """What all row classes derive from; every constraint gets a name, so migrations find it."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=_NAMES)
