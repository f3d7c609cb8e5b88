"""Keyword search: BM25 over SQLite's FTS5, with any text as a question."""

from __future__ import annotations

import math
import re
import sqlite3
from collections.abc import Sequence

_WORD = re.compile(r"\w+", re.UNICODE)
_MOST_WORDS = 64  # of a question; FTS5 has an expression limit

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


def match_expression(question: str) -> str | None:
    """An FTS5 expression that any chunk with one of the question's words matches; `None` without words.

    Every word is quoted, so that nothing a person types is query syntax.
    """
    chosen = content_words(question)[:_MOST_WORDS]
    return " OR ".join(f'"{word}"' for word in chosen) if chosen else None


def search(connection: sqlite3.Connection, collection: int, question: str, k: int) -> Sequence[tuple[int, float]]:
    """The `k` best chunk ids with their BM25 (higher is better), best first."""
    expression = match_expression(question)
    if expression is None:
        return []
    rows = connection.execute(
        "SELECT words.rowid, -bm25(words) FROM words JOIN chunks ON chunks.id = words.rowid"
        " WHERE words MATCH ? AND chunks.collection = ? ORDER BY bm25(words), words.rowid LIMIT ?",
        (expression, collection, k),
    )
    return [(int(row[0]), float(row[1])) for row in rows]


def stems(connection: sqlite3.Connection, text: str) -> list[str]:
    """The words of `text` as the index keeps them (Porter, 1980), through a table of its own in memory."""
    found = words(text)
    return [_stem(connection, word) for word in found]


_cache: dict[str, str] = {}


def _stem(connection: sqlite3.Connection, word: str) -> str:
    known = _cache.get(word)
    if known is None:
        if len(_cache) > 100_000:
            _cache.clear()
        known = _cache[word] = _porter(connection, word)
    return known


def _porter(connection: sqlite3.Connection, word: str) -> str:
    connection.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.stemmer USING fts5 (word, tokenize='porter unicode61')")
    connection.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.stemmed USING fts5vocab ('temp', 'stemmer', 'row')")
    connection.execute("DELETE FROM temp.stemmer")
    connection.execute("INSERT INTO temp.stemmer VALUES (?)", (word,))
    row = connection.execute("SELECT term FROM temp.stemmed").fetchone()
    return str(row[0]) if row else word


def idf(connection: sqlite3.Connection, stem: str, chunks: int) -> float:
    """Rarity of a stem among `chunks` chunks (Robertson and Spärck Jones, as BM25 uses it, never negative)."""
    row = connection.execute("SELECT doc FROM vocabulary WHERE term = ?", (stem,)).fetchone()
    having = int(row[0]) if row else 0
    return math.log(1 + (chunks - having + 0.5) / (having + 0.5))
