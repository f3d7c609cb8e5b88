"""Addresses of servers, as a person writes them."""

from __future__ import annotations

from urllib.parse import urlsplit


def check_address(address: str) -> str:
    """`address`, if a request can be sent there.

    Raises:
        ValueError: it is no http:// or https:// address, or one that cannot be read.
    """
    parts = urlsplit(address)  # raises one for a bracket that is never closed
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError("an address begins with http:// or https:// and a host")
    if not address.isprintable() or any(character.isspace() for character in address):
        raise ValueError("an address has no spaces")
    _ = parts.port  # raises one where it is no port
    try:
        host.encode("idna")
    except UnicodeError as error:
        raise ValueError(f"{host!r} is no name of a host") from error
    return address
