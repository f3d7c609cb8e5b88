"""XML parts of any size, read without a tree: a megabyte of XML takes tens of megabytes as one."""

from __future__ import annotations

from typing import Any, Protocol

from ..base import Unreadable
from .package import Package, check_xml, xml_parser

_PIECE = 65_536  # bytes
_MOST_EVENTS = 12_000_000  # starts of elements; some 20 s


class Target(Protocol):
    """What the parser tells: names with their namespace in braces. `full`: it wants no more."""

    full: bool
    events: int

    def start(self, tag: str, attributes: dict[str, str]) -> None: ...
    def end(self, tag: str) -> None: ...
    def data(self, text: str) -> None: ...
    def close(self) -> None: ...


def stream(package: Package, name: str, target: Target) -> bool:
    """Read a part into `target`; whether it was read to its end.

    Raises:
        Unreadable: it is no XML, or has a document type, as no office document does.
    """
    from lxml import etree

    parser: Any = xml_parser(target=target)
    last = b""
    with package.open(name) as file:
        try:
            while piece := file.read(_PIECE):
                if not last:
                    check_xml(piece)
                looked_at = (last[-20:] + piece).replace(b"\x00", b"")
                if b"<!DOCTYPE" in looked_at:
                    raise Unreadable("its XML has a document type, which no such document needs")
                parser.feed(piece)
                last = piece
                if target.full or target.events > _MOST_EVENTS:
                    return False
            parser.close()
        except (etree.XMLSyntaxError, ValueError, AssertionError) as error:
            raise package.damaged() from error
    return True
