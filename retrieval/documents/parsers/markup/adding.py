"""HTML into a `TextBuilder`: what any format that brings HTML along calls.

The walk is by events, not by calls into each other, so that depth costs nothing.
"""

from __future__ import annotations

import re

from ..builder import TextBuilder
from .blocks import BlockWriter
from .survey import survey
from .tree import Element, read_html

_SEPARATORS = re.compile(r"\s+(?:[|·•»«–—-]|::?)\s+|:\s+")
_SYMBOLS = str.maketrans("", "", "¶#")


def add_html(builder: TextBuilder, content: bytes | str, *, context: str = "", is_fragment: bool = False) -> None:
    """The blocks of a page, or of a piece of HTML (`is_fragment`: all of it is content, menus too), at the builder's end.

    Title and language are set where the builder has none. `context`: what all of it stands under.

    Raises:
        Unreadable: it is binary.
    """
    page = read_html(content)
    builder.notes.extend(page.notes)
    if page.root is None:
        return
    title = _title(page.root)
    surveyed = survey(page.root, title=title, keep_all=is_fragment)
    builder.title = builder.title or title
    builder.language = builder.language or _language(page.root)
    BlockWriter(builder, surveyed, context).write(page.root)


def _title(root: Element) -> str:
    """The page's title without the site's name, where the first heading or the page says which part that is."""
    element = root.find(".//head/title")
    element = root.find(".//title") if element is None else element
    title = " ".join("".join(element.itertext()).split()) if element is not None else ""
    tops = root.findall(".//h1")
    first = tops[0] if len(tops) == 1 else None
    heading = " ".join("".join(first.itertext()).translate(_SYMBOLS).split()) if first is not None else ""
    if not title:
        return heading
    if heading and heading != title and heading in title and _SEPARATORS.search(title):
        return heading
    for meta in root.iterfind(".//meta"):
        if meta.get("property") == "og:site_name" and (site := " ".join((meta.get("content") or "").split())):
            without = re.sub(
                rf"(?:{_SEPARATORS.pattern}){re.escape(site)}$|^{re.escape(site)}(?:{_SEPARATORS.pattern})", "", title
            )
            return without or title
    return title


def _language(root: Element) -> str:
    html = root if root.tag == "html" else root.find(".//html")
    named = (
        (html.get("lang") or html.get("{http://www.w3.org/XML/1998/namespace}lang") or html.get("xml:lang"))
        if html is not None
        else ""
    )
    if not named:
        for meta in root.iterfind(".//meta"):
            if (meta.get("http-equiv") or "").lower() == "content-language":
                named = meta.get("content")
    match = re.match(r"\s*([a-zA-Z]{2})(?:[-_,\s]|$)", named or "")
    return match[1].lower() if match else ""
