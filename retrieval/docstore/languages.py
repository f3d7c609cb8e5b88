"""Which language a text is in, and what of it the keyword index knows: stems and words without meaning of their own."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any

from .words import STOP_WORDS

DEFAULT_LANGUAGE = "en"
_LETTERS = re.compile(r"[^\W\d_]+", re.UNICODE)
_SAMPLE = 6_000  # characters looked at, from the beginning, the middle and the end each
_LEAST_SHARE = 0.12  # of a text's words that must be small words of a language; text of any language has twice as many
_LEAST_DISTINCT = 2  # of them, and not small words of English
_SCRIPTS = (  # a language that alone is written so, and the share of letters from which a text is in it
    ("ja", re.compile(r"[\u3041-\u30ff]"), 0.1),
    ("ko", re.compile(r"[\uac00-\ud7a3]"), 0.2),
    ("zh", re.compile(r"[\u4e00-\u9fff]"), 0.2),
    ("th", re.compile(r"[\u0e01-\u0e4e]"), 0.3),
    ("he", re.compile(r"[\u05d0-\u05ea]"), 0.3),
    ("el", re.compile(r"[\u0370-\u03ff]"), 0.3),
    ("hi", re.compile(r"[\u0904-\u097f]"), 0.3),
    ("fa", re.compile(r"[\u067e\u0686\u0698\u06af\u06cc]"), 0.02),
    ("ar", re.compile(r"[\u0621-\u064a]"), 0.3),
)
_STEMMED = {
    **{"ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english"},
    **{"es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fr": "french", "ga": "irish"},
    **{"hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian"},
    **{"nb": "norwegian", "ne": "nepali", "nl": "dutch", "no": "norwegian", "nn": "norwegian", "pl": "polish"},
    **{
        "pt": "portuguese",
        "ro": "romanian",
        "ru": "russian",
        "sr": "serbian",
        "sv": "swedish",
        "ta": "tamil",
        "tr": "turkish",
    },
}
_loading = threading.local()


def detect_language(text: str) -> str:
    """ISO 639-1 of the language that `text` is in; empty where none is clear, as in tables and code.

    By script where one language alone has it, else by how many of its words are small words of a language.
    """
    sample = text if len(text) <= 3 * _SAMPLE else " ".join(text[at : at + _SAMPLE] for at in _thirds(len(text)))
    letter_runs = _LETTERS.findall(sample.casefold())
    letters = sum(map(len, letter_runs))
    if not letters:
        return ""
    if not sample.isascii():
        for language, script, share in _SCRIPTS:
            if len(script.findall(sample)) >= share * letters:
                return language
    return _most_likely(Counter(letter_runs))


def question_language(question: str, languages: Sequence[str]) -> str:
    """Which of `languages` a question is in; the first where that is not clear."""
    detected = detect_language(question)
    if detected in languages:
        return detected
    counts = Counter(_LETTERS.findall(question.casefold()))
    return max(languages, key=lambda language: _hits(counts, language), default=detected or DEFAULT_LANGUAGE)


@cache
def stop_words(language: str) -> frozenset[str]:
    """Words of a language that neither find nor cover; none of a language that is not known."""
    if language in ("", DEFAULT_LANGUAGE):
        return STOP_WORDS
    from stop_words import LANGUAGE_MAPPING, get_stop_words

    known_as = {"nn": "nb", "no": "nb"}.get(language, language)
    listed = get_stop_words(known_as) if known_as in LANGUAGE_MAPPING else []
    return frozenset(word.casefold() for word in listed if len(word) > 1 or not word.isascii())  # not "p" and "x"


def stem(word: str, language: str) -> str:
    """The stem of a word in lower case (Snowball's); the word itself in a language that has none."""
    stemmers: dict[str, Any] = _loading.__dict__.setdefault("stemmers", {})
    stemmer = stemmers.get(language)
    if stemmer is None:
        import Stemmer

        name = _STEMMED.get(language or DEFAULT_LANGUAGE)
        stemmer = stemmers[language] = Stemmer.Stemmer(name) if name else None
    return word if stemmer is None else str(stemmer.stemWord(word))


def _most_likely(counts: Counter[str]) -> str:
    from stop_words import LANGUAGE_MAPPING

    least = _LEAST_SHARE * counts.total()
    hits: dict[str, int] = {language: _hits(counts, language) for language in (*LANGUAGE_MAPPING, DEFAULT_LANGUAGE)}
    for language in sorted(hits, key=lambda language: (-hits[language], language != DEFAULT_LANGUAGE)):
        own = counts.keys() & stop_words(language) - stop_words(DEFAULT_LANGUAGE)
        if hits[language] >= least and (language == DEFAULT_LANGUAGE or len(own) >= _LEAST_DISTINCT):
            return language
    return ""


def _hits(counts: Counter[str], language: str) -> int:
    return sum(counts[word] for word in counts.keys() & stop_words(language))


def _thirds(length: int) -> tuple[int, int, int]:
    return 0, (length - _SAMPLE) // 2, length - _SAMPLE
