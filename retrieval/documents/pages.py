"""What an address gives: fetched within bounds, and read as what its server says that it is."""

from __future__ import annotations

import codecs
import time
from email.message import Message

from ...text import size
from .parsers import Format, Unreadable, choose

_SILENCE_S = 20.0  # of a server
_LONGEST_S = 300.0  # for one page, however steadily it drips
_BYTE_ORDER_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def fetch(url: str, max_bytes: int) -> tuple[bytes, Format]:
    """The content of a page and what it is to be read as; text in another encoding than UTF-8 comes back in UTF-8.

    Raises:
        Unreadable: there are more than `max_bytes`, or the address gives nothing.
    """
    import httpx

    from ...http_clients import is_loopback

    give_up = time.monotonic() + _LONGEST_S
    try:
        trust_env = not is_loopback(url)
        with httpx.stream("GET", url, follow_redirects=True, timeout=_SILENCE_S, trust_env=trust_env) as response:
            response.raise_for_status()
            content = bytearray()
            for block in response.iter_bytes():
                content += block
                if len(content) > max_bytes:
                    raise Unreadable(f"it has more than {size(max_bytes)}")
                if time.monotonic() > give_up:
                    raise Unreadable(f"it could not be fetched: it was not at its end after {_LONGEST_S:.0f} s")
            return _interpreted(bytes(content), response.headers.get("content-type", ""), response.url.path)
    except httpx.HTTPStatusError as error:
        raise Unreadable(f"it could not be fetched: its server answers {error.response.status_code}") from error
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:  # httpx lets bad host names through to the codecs
        raise Unreadable(f"it could not be fetched: {error or type(error).__name__}") from error


def _interpreted(content: bytes, content_type: str, path: str) -> tuple[bytes, Format]:
    header = Message()
    header["content-type"] = content_type or "application/octet-stream"
    kind = choose(content, path, header.get_content_type())
    charset = header.get_content_charset()
    return (_as_utf8(content, charset) if charset and kind.signature is None else content), kind


def _as_utf8(content: bytes, charset: str) -> bytes:
    """`content` with a mark that it is UTF-8, where it is what its server says; as it was, where not."""
    if content.startswith(_BYTE_ORDER_MARKS):
        return content
    try:
        return codecs.BOM_UTF8 + content.decode(charset).encode("utf-8")
    except (LookupError, ValueError):
        return content
