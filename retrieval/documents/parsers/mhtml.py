"""Pages saved with all their parts in one file (MHTML): the page itself, without its pictures and styles."""

from __future__ import annotations

import email
import email.policy

from .base import Parsed, Unreadable
from .builder import TextBuilder
from .markup import add_html

_MEDIA_TYPE = "multipart/related"


def parse(content: bytes) -> Parsed:
    message = email.message_from_bytes(content.lstrip(), policy=email.policy.default)
    page = next((part for part in message.walk() if part.get_content_type() in {"text/html", "application/xhtml+xml"}), None)
    if page is None:
        raise Unreadable("it is a saved page without its page")
    body = page.get_payload(decode=True)
    builder = TextBuilder()
    add_html(builder, _as_text(body if isinstance(body, bytes) else b"", page.get_content_charset()))
    builder.title = builder.title or str(message.get("Subject") or "")
    return builder.build(_MEDIA_TYPE)


def _as_text(body: bytes, charset: str | None) -> bytes | str:
    """The part's own word about its encoding counts before the page's, where it is true."""
    try:
        return body.decode(charset) if charset else body
    except (LookupError, UnicodeError):
        return body
