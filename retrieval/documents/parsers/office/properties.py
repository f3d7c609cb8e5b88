"""What a document says of itself: its title, where that is one."""

from __future__ import annotations

import re

from .elements import Element, all_text, descendants

_NO_TITLE = re.compile(
    r"^(?:(?:microsoft )?(?:word|excel|powerpoint)[\s-]*(?:document|presentation|workbook)?|(?:document|untitled|slide|book|"
    r"presentation|powerpoint presentation|title|template|dokument|präsentation|presentación)\s*\d*)$",
    re.IGNORECASE,
)
_FILE_NAME = re.compile(r"\.(?:docx?|dotx?|odt|pptx?|xlsx?|rtf|tmp)$", re.IGNORECASE)


def title_in(properties: Element | None) -> str:
    """The `dc:title` of a document's properties; empty where a program filled it in by itself."""
    title = " ".join(all_text(next(descendants(properties, "title"), None)).split())
    generic = _NO_TITLE.match(title) or _FILE_NAME.search(title) or len(title) > 300
    return "" if generic else title
