"""HTML pages as readable text: a block a line, scripts, styles and navigation left out."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping

from .base import Block, BlockKind, Format, Parsed

_MEDIA_TYPE = "text/html"
_DROPPED = ["script", "style", "template", "noscript", "svg", "nav", "header", "footer", "aside", "form", "iframe", "head"]
_BLOCKS = {
    *(
        "address article blockquote body dd details div dl dt fieldset figcaption figure h1 h2 h3 h4 h5 h6 hr li main ol p"
    ).split(),
    *("pre section summary table tbody tfoot thead tr ul br").split(),
}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}


def _parse(content: bytes) -> Parsed:
    from bs4 import BeautifulSoup, NavigableString, Tag
    from bs4.element import PreformattedString

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the parser remarks on pages that look like XML, or like a file name
        page = BeautifulSoup(content, "lxml")
    title = " ".join(page.title.get_text().split()) if page.title else ""
    for tag in page.find_all(_DROPPED):
        if tag.name not in {"header", "footer"} or tag.find_parent(["article", "main"]) is None:
            tag.decompose()
    lines: list[str] = [""]
    heading_lines: dict[int, int] = {}  # levels of the lines that are headings, by number

    def walk(node: Tag) -> None:
        for child in node.children:
            if isinstance(child, PreformattedString):
                continue  # comments, declarations
            if isinstance(child, NavigableString):
                lines[-1] += str(child) if node.name == "pre" else re.sub(r"\s+", " ", str(child))
            elif isinstance(child, Tag):
                block = child.name in _BLOCKS
                if block and lines[-1].strip():
                    lines.append("")
                if child.name in _HEADINGS:
                    heading_lines[len(lines) - 1] = int(child.name[1])
                if child.name == "li":
                    lines[-1] += "- "
                walk(child)
                if child.name in {"td", "th"} and lines[-1].strip():
                    lines[-1] += " | "
                elif block and lines[-1].strip():
                    lines.append("")

    walk(page)
    return _assemble(title, lines, heading_lines)


def _assemble(title: str, lines: list[str], heading_lines: Mapping[int, int]) -> Parsed:
    text, blocks = "", []
    if title and not any(line.strip() == title for line in lines[:3]):
        blocks.append(Block(0, len(title), BlockKind.HEADING, 1))
        text = f"{title}\n\n"
    for number, line in enumerate(lines):
        content = line.strip().removesuffix("|").rstrip()
        if not content or content == "-":
            continue
        if number in heading_lines:
            text = text.rstrip("\n") + "\n\n" if text else ""
            blocks.append(Block(len(text), len(text) + len(content), BlockKind.HEADING, heading_lines[number]))
        text += content + ("\n" if content.startswith("- ") or "|" in content else "\n\n")
    return Parsed(text.strip("\n").replace("\x00", "\ufffd"), _MEDIA_TYPE, title=title, blocks=blocks)


FORMAT = Format(_MEDIA_TYPE, frozenset({".html", ".htm", ".xhtml"}), _parse)
