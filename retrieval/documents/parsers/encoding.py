"""Bytes as text, in whatever encoding they are."""

from __future__ import annotations

from .base import Unreadable

_LOOK = 65_536  # bytes looked at to tell text from binary


def decode(content: bytes) -> str:
    """Text of `content`: UTF-8 or UTF-16 by its mark, UTF-8 where it is, else the likeliest encoding.

    Raises:
        Unreadable: it is binary.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", "replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = _decode_by_guess(content)
    if _is_binary(text[:_LOOK]):
        raise Unreadable("it is binary, not text")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")


def _decode_by_guess(content: bytes) -> str:
    if content[:_LOOK].count(0) > len(content[:_LOOK]) // 100:
        raise Unreadable("it is binary, not text")
    from charset_normalizer import from_bytes

    best = from_bytes(content[:_LOOK]).best()
    if best is None:
        raise Unreadable("it is binary, not text")
    return content.decode(best.encoding, "replace")


def _is_binary(text: str) -> bool:
    """Text has few control characters, but a log may be full of colour sequences."""
    odd = sum(1 for letter in text if (letter < " " and letter not in "\t\n\r\f\x1b\x08") or letter == "\ufffd")
    return odd > len(text) * 0.02
