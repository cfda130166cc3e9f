"""Where facts and rows are kept: the journal, the SQL database and its migrations.

Facts go into `JournalFile` first; rows about them are folds and can be made anew. Every table of
the product hangs on `Base`; a room writes its own in its `rows.py`.
"""

from store.base import Base as Base
from store.database import Database as Database, open_database as open_database
from store.journal import (
    BadRecord as BadRecord,
    JournalFile as JournalFile,
    JournalReader as JournalReader,
)
