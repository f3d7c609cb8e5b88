"""What OpenDocument texts, spreadsheets and presentations share: paragraphs, lists, notes, tables, styles."""

from .package import content_of, in_words, open_document
from .styles import Styles
from .tables import sheet_of, table_rows
from .text import Writer

__all__ = ["Styles", "Writer", "content_of", "in_words", "open_document", "sheet_of", "table_rows"]
