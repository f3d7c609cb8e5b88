"""Keyword search: BM25 over SQLite's FTS5, with any text as a question."""

from __future__ import annotations

import math

from ...storage import Database
from .terms import search_terms
from .words import content_words

_MOST_WORDS = 64  # of a question; FTS5 has an expression limit


class KeywordIndex:
    """The words of all chunks, kept by SQLite in the transaction that writes the chunks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def search(self, question: str, k: int, collection: str) -> list[tuple[int, float]]:
        """The `k` best chunk ids with their BM25 (higher is better), best first."""
        expression = match_expression(question)
        if expression is None:
            return []
        rows = self._database.rows(
            "SELECT words.rowid, -bm25(words) FROM words JOIN chunks ON chunks.id = words.rowid"
            " WHERE words MATCH ? AND chunks.collection = (SELECT id FROM collections WHERE name = ?)"
            " ORDER BY bm25(words), words.rowid LIMIT ?",
            expression,
            collection,
            k,
        )
        return [(int(chunk), float(score)) for chunk, score in rows]

    def stems(self, text: str) -> list[str]:
        """The words of `text` as the index keeps them, in order."""
        return search_terms(text).split()

    def idf(self, word: str, least: int = 0) -> float:
        """Inverse document frequency of a word among all chunks.

        Robertson and Spärck Jones', as BM25 uses it, never negative. Where there are fewer chunks than `least`, the lacking
        ones count as chunks without the word.
        """
        stem = next(iter(self.stems(word)), word)
        ((chunks,),) = self._database.rows("SELECT count(*) FROM chunks")
        rows = self._database.rows("SELECT doc FROM vocabulary WHERE term = ?", stem)
        containing = int(rows[0][0]) if rows else 0
        return math.log(1 + (max(chunks, least) - containing + 0.5) / (containing + 0.5))


def match_expression(question: str) -> str | None:
    """An FTS5 expression that any chunk with one of the question's terms matches; `None` without words.

    Every word is quoted, so that nothing a person types is query syntax.
    """
    terms = search_terms(" ".join(content_words(question)[:_MOST_WORDS])).split()
    return " OR ".join(f'"{term}"' for term in dict.fromkeys(terms)) if terms else None
