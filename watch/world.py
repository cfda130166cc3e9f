"""What a health check may look at; the installation is one (siblings never import each other)."""

from pathlib import Path
from typing import Protocol

from sqlalchemy import MetaData

from domain.settings import Settings
from store.database import Database


class World(Protocol):
    """One installation."""

    @property
    def settings(self) -> Settings: ...
    @property
    def data(self) -> Path: ...
    @property
    def database(self) -> Database: ...
    @property
    def metadata(self) -> MetaData: ...
    @property
    def journal(self) -> Path: ...
