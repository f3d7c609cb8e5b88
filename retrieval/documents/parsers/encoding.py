"""Bytes as text, in whatever encoding they are, without what only a terminal or a printer understands."""

from __future__ import annotations

import codecs
import re

from .base import Unreadable
from .legacy import decode_legacy

_ASCII = bytes(range(0x20, 0x7F))
_HAN = re.compile("[\t\n\r -~\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff00-\uffef]")
_SURELY_HAN, _HARDLY_HAN = 0.95, 0.8
_EVIDENCE = 1_000_000  # bytes that say whether a text with bad bytes is UTF-8
_START = 8_192  # bytes that say what a text is
_MARKS = (  # the longer first: one of UTF-32 begins as one of UTF-16 does
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MOST_ODD = 0.02  # of a text's characters: above that it is binary
_ODD_BYTES = bytes({*range(0x20), 0x7F} - set(b"\t\n\r\f\x1b\x08\x1a\x00"))
_ESCAPES = re.compile(  # of a terminal: colours, cursor, titles, character sets
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]{0,4096}(?:\x07|\x1b\\)|[()*+#%][ -~]|[ -/]*[0-~])|\x9b[0-?]*[ -/]*[@-~]"
)
_OVERSTRUCK = re.compile(r"[^\n\x08]\x08")  # bold and underlined, as a printer does it
_NUL = re.compile("\x00+(?=\n|$)")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n?|\x85|\u2028|\u2029")
_WELL_FORMED = re.compile(  # characters of UTF-8 beyond ASCII
    rb"[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_COMMON_LEADS = b"\xc2\xc3\xc4\xc5\xce\xcf\xd0\xd1\xd7\xd8\xd9\xe2"  # first bytes of the letters that are common
_ISO_2022_JP = (b"\x1b$B", b"\x1b$@")


def decode(content: bytes) -> str:
    """The text of `content`: by its mark, as UTF-8 where it mostly is, else in the likeliest encoding.

    Lines end in `\\n`; controls and escape sequences are gone, but for tabs and form feeds.

    Raises:
        Unreadable: it is binary.
    """
    return _without_controls(_decoded(content))


def decode_start(content: bytes) -> str:
    """Roughly how the text begins: enough to tell what it is, whatever letters it has beyond ASCII."""
    start = content[:_START]
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return _LINE_ENDS.sub("\n", start[len(mark) :].decode(encoding, "replace"))
    return _LINE_ENDS.sub("\n", start.decode(_wide(start) or "utf-8", "replace"))


def _decoded(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    if (wide := _wide(content)) is not None:
        return content.decode(wide, "replace")
    if _is_binary(content):
        raise Unreadable("it is binary, not text")
    if any(escape in content for escape in _ISO_2022_JP):
        try:
            return content.decode("iso2022_jp_3")
        except UnicodeDecodeError:
            pass
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        error_start = error.start
        cut_off = error.start >= len(content) - 3 and error.reason == "unexpected end of data"
    looked_at = content[max(0, error_start - _EVIDENCE // 2) :][:_EVIDENCE]  # what stands before the first bad byte is good
    bad = looked_at.decode("utf-8", "replace").count("\ufffd")
    good = sum(1 for _ in _WELL_FORMED.finditer(looked_at))
    if (
        (cut_off and bad <= 1 and (good or content[error_start] in _COMMON_LEADS))
        or good >= 2 * bad
        or (good >= bad and good + bad < len(looked_at) / 50)
    ):
        return content.decode("utf-8", "replace")
    legacy = decode_legacy(content)
    if legacy is None:
        raise Unreadable("it is binary, not text")
    return legacy


def _wide(content: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark, by where its zero bytes stand; text beyond Latin by its line ends and spaces."""
    size = len(content)
    if size < 4 or b"\x00" not in content[:_START] + content[-_START:]:
        return None
    sample = content[: 16 * _START]
    sample = sample[: len(sample) // 4 * 4] or sample
    quarter = len(sample) / 4
    zeros = [sample[at::4].count(0) for at in range(4)]
    if size % 4 == 0 and zeros[2] + zeros[3] > 1.9 * quarter and zeros[0] < quarter / 10:
        return "utf-32-le"
    if size % 4 == 0 and zeros[0] + zeros[1] > 1.9 * quarter and zeros[3] < quarter / 10:
        return "utf-32-be"
    even, odd = zeros[0] + zeros[2], zeros[1] + zeros[3]
    for encoding, high, low in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if size % 2 == 0 and high > 8 * low and _is_wide_text(sample, encoding):
            return encoding
    if size % 2 == 0 and len(sample.translate(None, _ASCII)) > len(sample) / 4:  # pairs of Latin letters look like Han
        shares = {encoding: _share_of_han(sample, encoding) for encoding in ("utf-16-le", "utf-16-be")}
        likely = max(shares, key=lambda encoding: shares[encoding])
        if shares[likely] > _SURELY_HAN and min(shares.values()) < _HARDLY_HAN and _is_wide_text(sample, likely):
            return likely
    return None


def _share_of_han(sample: bytes, encoding: str) -> float:
    """Of the characters, how many are Chinese, Japanese or Korean, or ASCII among them."""
    text = sample[: len(sample) // 2 * 2].decode(encoding, "replace")
    return sum(1 for _ in _HAN.finditer(text)) / max(len(text), 1)


def _is_wide_text(sample: bytes, encoding: str) -> bool:
    """Whether nearly all of it is letters, digits, spaces and punctuation, of one or two scripts."""
    try:
        text = sample[: len(sample) // 2 * 2].decode(encoding)
    except UnicodeDecodeError as error:
        if error.start < len(sample) - 4:
            return False
        text = sample[: error.start].decode(encoding)
    odd = sum(1 for letter in text if not (letter.isprintable() or letter in "\t\n\r\f"))
    blocks = {ord(letter) >> 8 for letter in text if letter.isalpha() and not "\u3400" <= letter <= "\uffff"}
    return odd <= len(text) * _MOST_ODD and len(blocks) <= 6


def _is_binary(content: bytes) -> bool:
    """Text has few control characters, but a log may be full of colour sequences, and of NULs a few."""
    odd = len(content) - len(content.translate(None, _ODD_BYTES))
    return odd > len(content) * _MOST_ODD + 1 or content.count(0) > len(content) * 0.05 + 1


def _without_controls(text: str) -> str:
    text = text.removeprefix("\ufeff")
    if "\r" in text or not text.isascii():
        text = _LINE_ENDS.sub("\n", text)
    text = text.rstrip("\x1a\x00")  # the end of a text under DOS
    if _CONTROLS.search(text) is None:
        return text
    if "\x1b" in text or "\x9b" in text:
        text = _ESCAPES.sub("", text)
    if "\x08" in text:
        text = _OVERSTRUCK.sub("", text)
    if "\x00" in text:
        text = _NUL.sub("", text).replace("\x00", " ")
    return _CONTROLS.sub("", text)
