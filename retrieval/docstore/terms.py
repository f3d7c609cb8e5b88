"""Text as the keyword index holds it: terms divided by spaces, alike for a document and for a question about it.

A word gives its stem. An identifier gives itself and its parts (`--max-ppsize`: `--max-ppsize maxppsiz max ppsiz`), a number
one form however it is written, a run of a script without spaces its pairs of letters.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from .identifiers import NO_WORD, find_dates, find_spaced_numbers, split_piece, split_token
from .languages import DEFAULT_LANGUAGE, stem
from .words import STOP_WORDS

ACRONYM = "^"  # before a term: the acronym that would be a stop word in lower case ("WHO", "IT", "US")
_MOST_TOKENS = 200_000  # whose terms are kept in memory, by language
_LONGEST = 64  # characters of a token whose terms are kept; and of a term
_LONGEST_ACRONYM = 5
_MAY_BE_NAMES = STOP_WORDS - {"and", "or", "not"}  # operators of other searches, typed by habit
_FORMAT = re.compile(
    "[\u00ad\u0640\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]"
)
_TYPED = tuple(zip("\u2018\u2019\u02bc\u2010\u2011\u2212\u2044", "'''---/", strict=True))  # as a keyboard has them
_UNFOLDED = str.maketrans({"ı": "i", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ς": "σ"})
_LAST_FOLDED, _LATIN_ADDITIONAL = "\u08ff", "\u1e00\u1fff"  # beyond, marks tell letters apart that nobody takes for one
_cached: dict[str, dict[str, str]] = {}


def normalise(text: str) -> str:
    """`text` in one of the forms that Unicode has for it (NFKC), without soft hyphens and other marks that nobody types."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", _FORMAT.sub("", text))


def search_terms(text: str, language: str = "") -> str:
    """What of `text` is looked up. `language`: ISO 639-1 of its stems; English where it is not known."""
    text = _typed(normalise(text))
    language = language or DEFAULT_LANGUAGE
    cached = _cached.setdefault(language, {})
    if len(cached) > _MOST_TOKENS:
        cached.clear()
    terms: list[str] = []
    for token in text.split():
        looked_up = cached.get(token)
        if looked_up is None:
            looked_up = " ".join(token_terms(token, language))
            if len(token) <= _LONGEST:
                cached[token] = looked_up
        if looked_up:
            terms.append(looked_up)
    terms += find_dates(text)
    terms += find_spaced_numbers(text)
    return " ".join(terms)


def tokens(text: str) -> list[str]:
    """The runs between spaces of a text, in the form that `token_terms` takes."""
    return _typed(normalise(text)).split()


def token_terms(token: str, language: str) -> list[str]:
    """The terms of one run without spaces, the whole of an identifier before its parts."""
    return list(dict.fromkeys(term[:_LONGEST] for term in _terms(token, language) if term))


def text_digest(text: str) -> bytes:
    """What tells texts that are equal but for case, spaces and forms of letters."""
    return hashlib.blake2b(" ".join(normalise(text).lower().split()).encode("utf-8", "replace"), digest_size=16).digest()


def _typed(text: str) -> str:
    if not text.isascii():
        for printed, typed in _TYPED:
            text = text.replace(printed, typed)
    return text


def _terms(token: str, language: str) -> Iterator[str]:
    if token.isascii() and token.isalpha() and (token.islower() or token[1:].islower()):
        yield stem(token.lower(), language)
        return
    for piece in split_token(token):
        if piece.isupper() and 1 < len(piece) <= _LONGEST_ACRONYM and piece.lower() in _MAY_BE_NAMES:
            yield ACRONYM + piece.lower()
        for part in split_piece(piece):
            yield _stemmed(part, language)


@lru_cache(maxsize=50_000)
def _stemmed(part: str, language: str) -> str:
    folded = part.casefold()
    return _fold(folded if NO_WORD.search(folded) else stem(folded, language))


def _fold(word: str) -> str:
    """Without diacritics, as many type it."""
    if word.isascii() or not all(
        letter <= _LAST_FOLDED or _LATIN_ADDITIONAL[0] <= letter <= _LATIN_ADDITIONAL[1] for letter in word
    ):
        return word
    decomposed = unicodedata.normalize("NFKD", word.translate(_UNFOLDED))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
