"""The words of a text, and their stems as the keyword index keeps them."""

from __future__ import annotations

import re
import sqlite3
import threading

_WORD = re.compile(r"\w+", re.UNICODE)
_MOST_STEMS = 100_000  # kept in memory

# Words that say what kind of answer is wanted, or nothing: they neither find nor cover.
STOP_WORDS = frozenset(
    "a about above after again all also am an and any are as at be because been before being below between both but by can"
    " could did do does doing down during each else ever few for from further get give had has have having he her here hers"
    " him his how i if in into is it its just kind know many may me might more most much must my name no nor not of off on"
    " once only or other our out over own please same she should so some such tell than that the their them then there these"
    " they this those through to too under until up us very was we were what when where which while who whom whose why will"
    " with would you your".split()
)


def words(text: str) -> list[str]:
    """The words of `text` in lower case, in order."""
    return [word.lower() for word in _WORD.findall(text)]


def content_words(question: str) -> list[str]:
    """The words that carry meaning, each once, in order; all words where none does."""
    unique = list(dict.fromkeys(words(question)))
    return [word for word in unique if word not in STOP_WORDS] or unique


class Stemmer:
    """Stems by SQLite's own tokenizer (Porter, 1980): a keyword index in memory, of a single word at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stems: dict[str, str] = {}
        self._index = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._index.execute("CREATE VIRTUAL TABLE stemmer USING fts5 (word, tokenize='porter unicode61')")
        self._index.execute("CREATE VIRTUAL TABLE stemmed USING fts5vocab (stemmer, 'row')")

    def close(self) -> None:
        with self._lock:
            self._index.close()

    def stem(self, word: str) -> str:
        with self._lock:
            stem = self._stems.get(word)
            if stem is None:
                if len(self._stems) > _MOST_STEMS:
                    self._stems.clear()
                stem = self._stems[word] = self._porter(word)
            return stem

    def _porter(self, word: str) -> str:
        self._index.execute("DELETE FROM stemmer")
        self._index.execute("INSERT INTO stemmer VALUES (?)", (word,))
        row = self._index.execute("SELECT term FROM stemmed").fetchone()
        return str(row[0]) if row else word
