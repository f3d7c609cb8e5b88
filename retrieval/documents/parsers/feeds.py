"""Feeds (RSS, RDF, Atom, JSON Feed): each entry a section with its date and its address."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence

from .base import BlockKind
from .builder import TextBuilder
from .markup import add_html
from .office.elements import Element, local_name

_BODIES = ("encoded", "content", "description", "summary")  # the fullest first
_DATES = ("pubDate", "published", "date", "updated")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_ENTRIES = frozenset({"item", "entry"})
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())


def add_feed(builder: TextBuilder, root: Element) -> None:
    feed = next((child for child in root if local_name(child) == "channel"), root)
    builder.title = _words(feed, "title")
    builder.language = builder.language or _words(feed, "language")[:2].lower()
    add_html(builder, _words(feed, "description") or _words(feed, "subtitle"), is_fragment=True)
    for entry in (element for element in root.iter() if local_name(element) in _ENTRIES):
        title = _title(entry)
        builder.add(title or "Entry", BlockKind.HEADING, level=1)
        date = next((text for name in _DATES if (text := _words(entry, name))), "")
        author = _words(entry, "creator") or _words(entry, "author")
        builder.add(" · ".join(part for part in (date, author, _address(entry)) if part))
        body = next((text for name in _BODIES if (text := _markup(entry, name))), "")
        if body:
            add_html(builder, body, is_fragment=True)


def add_json_feed(builder: TextBuilder, feed: Mapping[str, object]) -> None:
    """The same of a JSON Feed (jsonfeed.org, 1 and 1.1)."""
    builder.title = _string(feed, "title")
    builder.language = builder.language or _string(feed, "language")[:2].lower()
    builder.add(_string(feed, "description"))
    items = feed.get("items")
    for item in items if isinstance(items, Sequence) and not isinstance(items, str) else []:
        if not isinstance(item, Mapping):
            continue
        builder.add(_string(item, "title") or "Entry", BlockKind.HEADING, level=1)
        authors = item.get("authors") if isinstance(item.get("authors"), Sequence) else [item.get("author")]
        names = [_string(author, "name") for author in authors or [] if isinstance(author, Mapping)]
        date = _string(item, "date_published") or _string(item, "date_modified")
        address = _string(item, "url") or _string(item, "external_url")
        builder.add(" · ".join(part for part in (date, ", ".join(filter(None, names)), address) if part))
        if body := _string(item, "content_html"):
            add_html(builder, body, is_fragment=True)
        else:
            builder.add(_string(item, "content_text") or _string(item, "summary"))


def _string(values: Mapping[str, object], name: str) -> str:
    value = values.get(name)
    return value.strip() if isinstance(value, str) else ""


def _child(element: Element, name: str) -> Element | None:
    return next((child for child in element if local_name(child) == name), None)


def _words(element: Element, name: str) -> str:
    child = _child(element, name)
    return " ".join("".join(child.itertext()).split()) if child is not None else ""


def _title(entry: Element) -> str:
    """In words also where it is written in HTML, as Atom may say."""
    child = _child(entry, "title")
    if child is None or child.get("type") != "html":
        return _words(entry, "title")
    return " ".join(html.unescape(_TAG.sub("", child.text or "")).split())


def _markup(entry: Element, name: str) -> str:
    """The HTML of a child: as text in RSS, as elements in Atom's `xhtml`."""
    from lxml import etree

    child = _child(entry, name)
    if child is None:
        return ""
    if len(child):
        _open_void(child)
        return str(etree.tostring(child, encoding="unicode", method="html", with_tail=False))
    return (child.text or "").strip()


def _open_void(markup: Element) -> None:
    """What HTML knows as empty goes by another name where it is not: an unclosed `<br>` in XML holds what follows it."""
    for element in markup.iter():
        if (element.text or len(element)) and local_name(element).lower() in _VOID:
            element.tag = "div"


def _address(entry: Element) -> str:
    for child in entry:
        if local_name(child) == "link" and child.get("rel", "alternate") == "alternate":
            return (child.get("href") or child.text or "").strip()
    return ""
