"""Documents by docling (extra `documents`): its items as our blocks, its pages as ours.

Read off the sources of docling 2.143 and docling-core 2.104, and run with it on a Word document and a web page. Its models
could not be had where this was written: the tests give it a small module in docling's place, and what it makes of PDFs and
pictures has not been measured.
"""

from __future__ import annotations

import io
from functools import cache
from typing import Any

from ..base import BlockKind, Parsed, Unreadable
from ..builder import TextBuilder
from ..cell import Cell
from ..grid import write_table

_LAYERS = {"body", "furniture", "notes"}
_FURNITURE = {"page_header", "page_footer", "document_index"}


@cache
def _converter() -> Any:
    """One for all documents of this process: it holds the models."""
    from docling.document_converter import DocumentConverter

    return DocumentConverter()


def convert(content: bytes, media_type: str, ending: str) -> Parsed:
    """`ending`: one that promises this kind of content, since docling goes by names.

    Raises:
        Unreadable: docling cannot read it.
        ImportError: docling is not installed.
    """
    from docling_core.types.io import DocumentStream

    try:
        result = _converter().convert(DocumentStream(name=f"document{ending}", stream=io.BytesIO(content)))
        document = result.document
        layers = {layer for layer in _content_layers() if layer.value in _LAYERS}
        items = list(document.iterate_items(included_content_layers=layers))
    except ImportError:
        raise
    except Exception as error:  # an edge: models, back ends and the network of others
        raise Unreadable(f"docling cannot read it: {' '.join(str(error).split())[:300] or type(error).__name__}") from error
    return _blocks(document, [item for item, _ in items], media_type)


def _content_layers() -> Any:
    from docling_core.types.doc import ContentLayer

    return ContentLayer


def _blocks(document: Any, items: list[Any], media_type: str) -> Parsed:
    builder = TextBuilder()
    page = 0
    pictures = 0
    for item in items:
        provenance = getattr(item, "prov", None)
        if provenance and provenance[0].page_no > page:
            while page < provenance[0].page_no:
                builder.begin_page()
                page += 1
        label = str(getattr(item.label, "value", item.label))
        text = str(getattr(item, "text", "") or "")
        if label in _FURNITURE or str(getattr(item.content_layer, "value", item.content_layer)) == "furniture":
            builder.add(text, BlockKind.FURNITURE, after="\n")
        elif label == "title":
            builder.title = builder.title or text
            builder.add(text, BlockKind.HEADING, level=1)
        elif label == "section_header":
            builder.add(text, BlockKind.HEADING, level=int(getattr(item, "level", 1) or 1))
        elif label == "list_item":
            builder.add(f"{getattr(item, 'marker', '') or '-'} {text}", BlockKind.LIST_ITEM, after="\n")
        elif label == "code":
            builder.add(text, BlockKind.CODE)
        elif label == "table":
            _table(builder, document, item)
        elif label == "picture":
            pictures += 1
        else:
            builder.add(text)
    if pictures:
        builder.notes.append(f"{pictures} picture{'s are' if pictures > 1 else ' is'} not read")
    return builder.build(media_type)


def _table(builder: TextBuilder, document: Any, item: Any) -> None:
    """docling's grid has a cell in every place that it covers; of those the first in a row counts."""
    rows = []
    for line in item.data.grid:
        cells: list[Cell] = []
        column = 0
        while column < len(line):
            cell = line[column]
            columns = max(1, min(int(cell.col_span), len(line) - column))
            cells.append(Cell(str(cell.text), columns, bool(cell.column_header)))
            column += columns
        rows.append(cells)
    write_table(builder, rows, context=str(item.caption_text(document) or ""))
