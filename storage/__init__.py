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
from .failures import explain, explain_system
from .opener import Migration, Schema, execute_script
from .privacy import make_private_file, make_private_folder, private_umask, tighten, write_private
from .reading import find_damage

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
    "explain_system",
    "find_damage",
    "make_private_file",
    "make_private_folder",
    "private_umask",
    "tighten",
    "write_private",
]
