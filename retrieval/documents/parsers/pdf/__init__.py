"""PDF: the words of each page by PDFium, laid out as they are read.

`glyphs` and `drawing` read a page's words and lines, `layout` puts them in order, `grids` and `tables` find tables,
`furniture` and `labels` what stands at the pages' edges, `headings` the headings, `blocks` makes blocks of it all; `reading`
holds them together.
"""

from ..base import PDF, Format, Parsed


def _parse(content: bytes) -> Parsed:
    from .reading import read

    return read(content)


FORMAT = Format("application/pdf", frozenset({".pdf"}), _parse, PDF, version=3, aliases=frozenset({"application/x-pdf"}))

__all__ = ["FORMAT"]
