"""Other people's data as corrections in the log: a file a format."""

from .importer import Imported, ImportFailed, import_file

__all__ = ["ImportFailed", "Imported", "import_file"]
