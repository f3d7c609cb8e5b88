"""One way to open a SQLite file: private, durable, versioned, safe for several processes and threads."""

from .database import Database
from .errors import (
    DatabaseDamaged,
    DatabaseFull,
    DatabaseLocked,
    DatabaseNewer,
    DatabaseReadOnly,
    DatabaseUnavailable,
)
from .failures import explain
from .opener import Migration, Schema, execute_script
from .privacy import make_private_file, make_private_folder

__all__ = [
    "Database",
    "DatabaseDamaged",
    "DatabaseFull",
    "DatabaseLocked",
    "DatabaseNewer",
    "DatabaseReadOnly",
    "DatabaseUnavailable",
    "Migration",
    "Schema",
    "execute_script",
    "explain",
    "make_private_file",
    "make_private_folder",
]
