"""PDF: the words of each page by PDFium, laid out as they are read.

`glyphs` reads a page's words and lines, `layout` puts them in order, `grids` and `tables` find tables, `furniture` and `labels` what
stands at the pages' edges, `headings` the headings, `blocks` makes blocks of it all; `reading` holds them together.
"""

from ..base import PDF, Format
from .reading import MEDIA_TYPE, read

FORMAT = Format(MEDIA_TYPE, frozenset({".pdf"}), read, PDF, version=2, aliases=frozenset({"application/x-pdf"}))

__all__ = ["FORMAT"]
