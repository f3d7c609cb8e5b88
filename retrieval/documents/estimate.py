"""How far an ingest is: counted in passages, of which there are as many as documents of a kind have had so far a byte."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePath

_BYTES_A_PASSAGE = {".pdf": 5_000, ".docx": 4_000, ".odt": 4_000, ".epub": 2_000, ".html": 2_500, ".htm": 2_500}
_OTHERS = 900
_TRUST = 200_000  # bytes of a kind that weigh as much as the guess above
_PICTURES = {".png", ".jpg", ".jpeg", ".tif", ".tiff"}  # few passages, and seconds of recognising letters
_PICTURE_BYTES, _LONGEST_PICTURE = 10_000, 150  # that take as long as a passage, from a few pictures; and what a scan takes
_READING = 0.1  # of the work on a document is reading and cutting it


class Estimate:
    """Fed as documents go from one step to the next."""

    def __init__(self, ocr_languages: str = "") -> None:
        """`ocr_languages`: see `parsers.tesseract`."""
        self._ocr_languages = ocr_languages
        self._recognises: bool | None = None  # pictures; not looked at before there is one
        self._pictures_waiting = self._pictures_read = 0.0  # in passages that would take as long
        self.documents = 0  # that have been dealt with
        self.all_documents = 0
        self._waiting: Counter[str] = Counter()  # bytes that have not been read, by kind
        self._read: Counter[str] = Counter()  # bytes that have
        self._passages: Counter[str] = Counter()  # those in them
        self._share = 0.0

    def expect(self, source: str, size: int) -> None:
        self.all_documents += 1
        if _kind(source) in _PICTURES:
            self._pictures_waiting += self._passages_as_long(size)
        else:
            self._waiting[_kind(source)] += size

    def note_read(self, source: str, size: int, passages: int | None) -> None:
        """A document was cut into so many passages; 0 where it cannot be read, None where its passages are known already."""
        kind = _kind(source)
        self._passages[kind] += passages or 0
        if kind in _PICTURES:
            self._pictures_waiting -= self._passages_as_long(size)
            self._pictures_read += self._passages_as_long(size)
        else:
            self._waiting[kind] -= size
            self._read[kind] += 0 if passages is None else size

    def share(self, embedded: int, reading: tuple[str, int, float] | None) -> float:
        """Of all the work, what is done; it never falls. `reading`: the source being read, its bytes, and how far it is."""
        read: float = sum(self._passages.values())
        total = read + sum(size * self._passages_a_byte(kind) for kind, size in self._waiting.items())
        if reading is not None and _kind(reading[0]) not in _PICTURES:
            source, size, part = reading
            read += size * self._passages_a_byte(_kind(source)) * part
        done = _READING * read + (1 - _READING) * embedded + self._pictures_read
        total += self._pictures_read + self._pictures_waiting
        if total > 0:
            self._share = max(self._share, min(1.0, done / total))
        return self._share

    def _passages_as_long(self, size: int) -> float:
        """How many passages are embedded in the time that a picture of so many bytes takes."""
        if self._recognises is None:
            from .parsers.tesseract import would_recognise

            self._recognises = would_recognise(self._ocr_languages)
        return min(_LONGEST_PICTURE, size / _PICTURE_BYTES) if self._recognises else 0.0

    def _passages_a_byte(self, kind: str) -> float:
        guess = _TRUST / _BYTES_A_PASSAGE.get(kind, _OTHERS)
        return (self._passages[kind] + guess) / (self._read[kind] + _TRUST)


def _kind(source: str) -> str:
    return PurePath(source).suffix.lower()
