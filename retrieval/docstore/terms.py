"""Text as the keyword index holds it: terms divided by spaces, alike for a document and for a question about it."""

from __future__ import annotations

import hashlib
import unicodedata

from .words import Stemmer, words

_STEMMER = Stemmer()


def normalise(text: str) -> str:
    """`text` in one of the forms that Unicode has for it (NFKC), without soft hyphens and other marks that nobody types."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) != "Cf")


def search_terms(text: str, language: str = "") -> str:
    """What of `text` is looked up: its words, normalised and stemmed. `language`: ISO 639-1, empty where it is not known."""
    return " ".join(_STEMMER.stem(_fold(word)) for word in words(normalise(text)))


def text_digest(text: str) -> bytes:
    """What tells texts that are equal but for case, spaces and forms of letters."""
    return hashlib.blake2b(" ".join(normalise(text).lower().split()).encode("utf-8", "replace"), digest_size=16).digest()


def _fold(word: str) -> str:
    """Without diacritics, as many type it."""
    if word.isascii():
        return word
    return "".join(letter for letter in unicodedata.normalize("NFKD", word) if not unicodedata.combining(letter))
