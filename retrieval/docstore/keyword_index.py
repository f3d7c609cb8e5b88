"""Keyword search: BM25 over SQLite's FTS5, with any text as a question."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Sequence

from ...storage import Database
from .languages import DEFAULT_LANGUAGE
from .query_terms import query_terms, question_words
from .terms import search_terms

# Of a word in a heading above, beside one in the text: without it ClapNQ-A loses .005; 1 gains .012 on COVID-QA-A alone,
# which is a single question of 31 (`docs/evaluation.md`)
_HEADING_WEIGHT = 0.5
_OPENING = 2_500  # characters, in which a document says what it is about
_LONG = 20  # passages, of a document in which few of them name what it is about
_MOST_ABOUT = 100  # documents that a name tells from the others
_MOST_ELSEWHERE = 1.5  # times as many documents have a name anywhere as have it in their openings
_MOST_NAMING = 2_000  # passages with a name, beyond which it is not looked for in openings: that takes too long
_MOST_LANGUAGES = 12  # in whose stems a question is looked up: those of most documents


class KeywordIndex:
    """The words of all chunks, kept by SQLite in the transaction that writes the chunks."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._languages: tuple[int, Sequence[str]] = (-1, ())  # of the library in that generation

    def search(
        self, question: str, k: int, *collections: str, sources: Collection[int] | None = None
    ) -> list[tuple[int, float]]:
        """The `k` best chunk ids with their BM25 (higher is better), best first. `sources`: of these numbers alone."""
        terms = query_terms(question, self.languages())
        numbers = dict(self._database.rows("SELECT name, id FROM collections"))
        searched = [numbers[name] for name in dict.fromkeys(collections) if name in numbers]
        if not terms or not searched:
            return []
        expression = f"{{terms heading_terms}} : ({' OR '.join(terms)})"
        if len(searched) < len(numbers):
            scopes = " OR ".join(f'"|{number}"' for number in searched)
            expression = f"(scope : ({scopes})) AND {expression}"
        within = "AND rowid IN (SELECT chunks.id FROM json_each(?) JOIN chunks ON chunks.source = value)"
        rows = self._database.rows(
            f"SELECT rowid, -bm25(words, 1, {_HEADING_WEIGHT}, 0) AS score FROM words WHERE words MATCH ?"
            f" {within if sources is not None else ''} ORDER BY score DESC, rowid LIMIT ?",
            expression,
            *([json.dumps(list(sources))] if sources is not None else []),
            k,
        )
        return [(int(chunk), float(score)) for chunk, score in rows]

    def documents_about(self, word: str, *collections: str) -> list[int] | None:
        """The numbers of the long documents whose title or opening has a word; None where it tells few from the others."""
        terms = query_terms(word, self.languages())
        if not terms or any(self._passages_with(stem) > _MOST_NAMING for stem in self.stems(word)):
            return None
        rows = self._database.rows(
            "SELECT chunks.source, min(chunks.start) FROM words JOIN chunks ON chunks.id = words.rowid"
            " JOIN collections ON collections.id = chunks.collection"
            " WHERE words MATCH ? AND collections.name IN (SELECT value FROM json_each(?)) GROUP BY chunks.source LIMIT ?",
            f"{{terms heading_terms}} : ({' OR '.join(terms)})",
            json.dumps(list(collections)),
            _MOST_ABOUT + 1,
        )
        opening = [number for number, start in rows if start < _OPENING]
        if len(rows) > _MOST_ABOUT or len(rows) > _MOST_ELSEWHERE * len(opening) > 0:
            return None
        ((documents,),) = self._database.rows(
            "SELECT count(*) FROM sources JOIN collections ON collections.id = sources.collection"
            " WHERE collections.name IN (SELECT value FROM json_each(?))",
            json.dumps(list(collections)),
        )
        if 2 * len(opening) > documents:
            return None
        long = self._database.rows(
            "SELECT source FROM json_each(?) JOIN chunks ON source = value GROUP BY source HAVING count(*) >= ?",
            json.dumps(opening),
            _LONG,
        )
        return [int(number) for (number,) in long]

    def documents_opening_with(self, term: str, documents: Collection[int]) -> list[int]:
        """Those of `documents`, given and returned by number, whose opening has a term."""
        rows = self._database.rows(
            "SELECT DISTINCT chunks.source FROM json_each(?) JOIN chunks ON chunks.source = value AND chunks.start < ?"
            " JOIN words ON words.rowid = chunks.id WHERE words MATCH ?",
            json.dumps(list(documents)),
            _OPENING,
            f'"{term}"',
        )
        return [int(number) for (number,) in rows]

    def names(self, documents: Collection[int]) -> dict[int, str]:
        """Of documents, by number, the last part of where each is from, and its title."""
        rows = self._database.rows(
            "SELECT id, source, title FROM sources WHERE id IN (SELECT value FROM json_each(?))", json.dumps(list(documents))
        )
        return {int(number): f"{source.rstrip('/').rpartition('/')[2]} {title}" for number, source, title in rows}

    def stems(self, text: str) -> list[str]:
        """The terms of `text` as the index keeps those of most documents, in order."""
        return search_terms(text, self.languages()[0]).split()

    def question_words(self, question: str) -> list[list[str]]:
        """For each word of a question that carries meaning its terms in most documents' language: see `question_words`."""
        return question_words(question, self.languages()[:1])

    def idf(self, word: str) -> float:
        """Inverse document frequency of a word among all chunks: see `term_idf`."""
        return self.term_idf(next(iter(self.stems(word)), word))

    def term_idf(self, term: str) -> float:
        """Inverse document frequency of a term among all chunks.

        Robertson and Spärck Jones', as BM25 uses it, never negative.
        """
        ((chunks,),) = self._database.rows("SELECT count(*) FROM chunks")
        containing = self._passages_with(term)
        return math.log(1 + (chunks - containing + 0.5) / (containing + 0.5))

    def _passages_with(self, term: str) -> int:
        rows = self._database.rows("SELECT doc FROM vocabulary WHERE term = ?", term)
        return int(rows[0][0]) if rows else 0

    def contains(self, term: str) -> bool:
        """Whether any chunk has a term, in its text or its headings."""
        return bool(self._database.rows("SELECT 1 FROM vocabulary WHERE term = ?", term))

    def languages(self) -> Sequence[str]:
        """Of the documents, those of most documents first; never none."""
        ((generation,),) = self._database.rows("SELECT coalesce(sum(generation), 0) FROM collections")
        if self._languages[0] != generation:
            rows = self._database.rows("SELECT language FROM sources GROUP BY language ORDER BY count(*) DESC, language")
            languages = dict.fromkeys(language or DEFAULT_LANGUAGE for (language,) in rows)
            self._languages = (generation, tuple(languages)[:_MOST_LANGUAGES] or (DEFAULT_LANGUAGE,))
        return self._languages[1]
