"""Sitemaps (sitemaps.org): an address that lists the pages of its site stands for those pages, up to a bound."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from urllib.parse import urlsplit, urlunsplit

from ...redaction import drop_login
from ...text import count
from .parsers import Unreadable
from .walking import Entry, Item, Missing

MOST_PAGES = 2000  # of one sitemap
_MOST_MAPS = 50  # that one lists
_MOST_BYTES = 50_000_000  # unpacked, the protocol's own limit
_NAME = re.compile(r"sitemap[\w.-]*\.(?:xml|txt)(?:\.gz)?$|/sitemap/?$", re.I)
_ADDRESS = re.compile(r"<(?:\w+:)?loc>\s*(?:<!\[CDATA\[)?\s*([^<\]]{1,2048}?)\s*(?:\]\]>)?\s*</(?:\w+:)?loc>")
_ROOT = re.compile(r"<(?:\w+:)?(urlset|sitemapindex)[\s>]")
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'"}


def expand(item: Item, on_step: Callable[[str], None]) -> Iterator[Entry]:
    """The pages that `item` lists, or `item` itself where it is no sitemap.

    `on_step` is called several times a second with what is being done, and may raise.
    """
    if item.address is None or not _NAME.search(urlsplit(item.address).path):
        yield item
        return
    waiting, seen = [item.address], {item.address}
    pages: dict[str, str] = {}
    maps = 0
    while waiting and len(pages) < MOST_PAGES:
        address = waiting.pop(0)
        maps += 1
        step = f"reading {drop_login(address)}, {count(len(pages), 'page')} listed so far"
        try:
            text = _read(address, partial(on_step, step))
        except Unreadable as error:
            yield Missing(drop_login(address), str(error))
            continue
        root = _ROOT.search(text)
        if root is None and maps == 1:
            yield item
            return
        for listed in _addresses(text, item.address):
            if root is not None and root[1] == "sitemapindex":
                if listed not in seen and len(seen) < _MOST_MAPS:
                    seen.add(listed)
                    waiting.append(listed)
            elif len(pages) < MOST_PAGES:
                pages.setdefault(drop_login(listed), listed)
    for source, address in pages.items():
        yield Item(source, item.root, address)
    if len(pages) >= MOST_PAGES:
        yield Missing(item.source, f"it lists more than {MOST_PAGES} pages; the first {MOST_PAGES} are read")


def _read(address: str, on_wait: Callable[[], None]) -> str:
    from .pages import fetch_raw

    content = fetch_raw(address, _MOST_BYTES, on_wait=on_wait).content
    if content.startswith(b"\x1f\x8b"):
        try:
            content = zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(content, _MOST_BYTES)
        except zlib.error as error:
            raise Unreadable(f"it cannot be decompressed: {error}") from error
    return content.decode("utf-8", "replace")


def _addresses(text: str, sitemap: str) -> Iterator[str]:
    """The addresses listed that are of the sitemap's own site: it may speak for no other. They get its login."""
    site = urlsplit(sitemap)
    for match in _ADDRESS.finditer(text):
        address = re.sub(r"&\w+;", lambda entity: _ENTITIES.get(entity[0], entity[0]), match[1])
        parts = urlsplit(address)
        if parts.scheme in {"http", "https"} and parts.hostname == site.hostname and parts.port == site.port:
            login = site.netloc.rpartition("@")[0]
            host = parts.netloc.rpartition("@")[2]
            yield urlunsplit((parts.scheme, f"{login}@{host}" if login else host, parts.path, parts.query, ""))
