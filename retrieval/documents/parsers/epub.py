"""EPUB books: the chapters in their reading order, under the titles that the book's own contents give them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .base import BlockKind, Parsed, Unreadable
from .builder import TextBuilder
from .markup import add_html
from .office.elements import Element, all_text, attribute, child, children, descendants, local_name
from .office.package import Package, resolve
from .progress import report_page

_MEDIA_TYPE = "application/epub+zip"
_HEADING = re.compile(rb"<(?:\w+:)?h[1-6][\s>]", re.IGNORECASE)
_NAVIGATION = re.compile(rb"epub:type\s*=\s*[\"'][^\"']*\b(?:toc|landmarks|page-list|index|loi|lot)\b", re.IGNORECASE)
_BODY = re.compile(rb"<(?:\w+:)?(?:body|nav|section)\b[^>]*>", re.IGNORECASE)
_MOST_CHAPTERS = 5000
_FONT_KEYS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_LANGUAGE = re.compile(r"^([a-zA-Z]{2})(?:[-_]|$)")


@dataclass(frozen=True, slots=True)
class _Item:
    """A file of the book, as its manifest has it."""

    name: str
    media_type: str
    properties: str


def parse(content: bytes) -> Parsed:
    package = Package(content, "EPUB book")
    try:
        return _read(package)
    except RecursionError:
        raise Unreadable("it is nested too deeply") from None


def _read(package: Package) -> Parsed:
    container = package.xml("META-INF/container.xml")
    main = next((resolve("", attribute(root, "full-path")) for root in descendants(container, "rootfile")), "")
    book = package.xml(main) if main else None
    if book is None:
        raise package.damaged()
    builder = TextBuilder()
    metadata = child(book, "metadata")
    builder.title = " ".join(all_text(child(metadata, "title")).split())
    if match := _LANGUAGE.match(all_text(child(metadata, "language")).strip()):
        builder.language = match[1].lower()
    items = {
        attribute(item, "id"): _Item(
            resolve(main, attribute(item, "href")), attribute(item, "media-type"), attribute(item, "properties")
        )
        for item in children(child(book, "manifest"), "item")
    }
    titles = _titles(package, items, attribute(child(book, "spine"), "toc"))
    locked = _locked(package)
    unread: list[str] = []
    chapters = [items.get(attribute(entry, "idref")) for entry in children(child(book, "spine"), "itemref")]
    for count, chapter in enumerate(chapters[:_MOST_CHAPTERS], start=1):
        report_page(count, min(len(chapters), _MOST_CHAPTERS))
        if chapter is None or "html" not in chapter.media_type:
            continue
        if chapter.name in locked:
            unread.append(chapter.name)
        else:
            _chapter(builder, package, chapter, titles)
    if unread and not builder.has_text:
        raise Unreadable("it is encrypted: a shop's copy protection")
    if unread:
        builder.notes.append(f"{len(unread)} chapters are encrypted")
    if len(chapters) > _MOST_CHAPTERS:
        builder.notes.append(f"only the first {_MOST_CHAPTERS} of {len(chapters)} files are read")
    return builder.build(_MEDIA_TYPE)


def _chapter(builder: TextBuilder, package: Package, chapter: _Item, titles: Mapping[str, str]) -> None:
    content = package.read(chapter.name)
    if not content.strip():
        builder.notes.append(f"a chapter is missing: {titles.get(chapter.name) or chapter.name}")
        return
    if b"<!ENTITY" in content[:10_000]:
        builder.notes.append(
            f"a chapter is not read, since it declares entities: {titles.get(chapter.name) or chapter.name}"
        )
        return
    body = _BODY.findall(content[:50_000])
    if "nav" in chapter.properties.split() or any(map(_NAVIGATION.search, body[:2])):
        _furniture(builder, content)
        return
    if not _HEADING.search(content):
        builder.add(titles.get(chapter.name, ""), BlockKind.HEADING, level=1)
    try:
        add_html(builder, content)
    except Unreadable as error:
        builder.notes.append(f"a chapter is not read, {titles.get(chapter.name) or chapter.name}: {error}")


def _furniture(builder: TextBuilder, content: bytes) -> None:
    """Contents and indexes: in the text, but never what a search gives."""
    apart = TextBuilder()
    add_html(apart, content, is_fragment=True)
    parsed = apart.build(_MEDIA_TYPE)
    for block in parsed.blocks:
        builder.add(parsed.text[block.start : block.end], BlockKind.FURNITURE, after="\n")


def _titles(package: Package, items: Mapping[str, _Item], contents: str) -> dict[str, str]:
    """What the book's contents call each of its files: the first entry that leads to it."""
    titles: dict[str, str] = {}
    for item in items.values():
        if "nav" in item.properties.split():
            root = _lenient(package, item.name)
            for link in descendants(root, "a"):
                title = " ".join(all_text(link).split())
                titles.setdefault(resolve(item.name, attribute(link, "href")), title)
    if not titles and contents in items:
        root = _lenient(package, items[contents].name)
        for point in descendants(root, "navPoint"):
            title = " ".join(all_text(child(point, "navLabel", "text")).split())
            titles.setdefault(resolve(items[contents].name, attribute(child(point, "content"), "src")), title)
    return titles


def _lenient(package: Package, name: str) -> Element | None:
    """A part that the book can be read without."""
    try:
        root = package.xml(name)
    except Unreadable:
        return None
    return root if root is not None and local_name(root) else None


def _locked(package: Package) -> set[str]:
    """Files under copy protection; fonts that are only scrambled do not count."""
    locked = set()
    for data in descendants(_lenient(package, "META-INF/encryption.xml"), "EncryptedData"):
        if attribute(child(data, "EncryptionMethod"), "Algorithm") not in _FONT_KEYS:
            locked |= {resolve("", attribute(reference, "URI")) for reference in descendants(data, "CipherReference")}
    return locked
