"""What a library holds, without searching it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .docstore import DocStore, SourceInfo
from .embedders import Embedder
from .ranking import WeighedWord, covered_share, weigh_words
from .requests import Filters
from .types import Passage

if TYPE_CHECKING:
    from .documents import IngestOptions, Planned


class Catalogue:
    """The documents and collections of a library, by name. Methods are safe to call from several threads."""

    def __init__(self, docstore: DocStore, embedder: Embedder) -> None:
        self._docstore = docstore
        self.embedder = embedder

    def sources(self, collection: str | None = None) -> list[SourceInfo]:
        """All sources, or those of one collection, by name."""
        return self._docstore.sources(collection)

    def documents(self, collections: Sequence[str], filters: Filters | None = None) -> list[SourceInfo]:
        """The sources of these collections that `filters` let through, by name."""
        numbers = self._docstore.candidates.sources(collections, filters or Filters())
        return self._docstore.documents(numbers)

    def document_passages(self, source: str, collection: str) -> list[Passage]:
        """All of a source, from its beginning to its end, as it was cut; empty where there is none of that name."""
        return self._docstore.source_passages(source, collection)

    def known_sources(self, collection: str) -> dict[str, SourceInfo]:
        """What is known of a collection, by source."""
        return self._docstore.known_sources(collection)

    def source_text(self, source: str, collection: str) -> str:
        """The text that the offsets of the source's passages count in.

        Raises:
            NotFound: there is none of that name.
        """
        return self._docstore.source_text(source, collection)

    def source_sha256(self, source: str, collection: str) -> str | None:
        """Of a document as it was last read; None where there is none of that name."""
        return self._docstore.candidates.source_sha256(source, collection)

    def passage_with(self, source: str, collection: str, text: str) -> Passage | None:
        """The first passage of a document in which `text` stands, or else begins, letter by letter; None: none."""
        chunks = self._docstore.candidates.chunks_with(source, collection, text) if text else []
        return next(iter(self._docstore.passages([(chunk, 0.0, 0.0) for chunk in chunks[:1]])), None)

    def count(self, collection: str | None = None) -> int:
        """How many chunks there are, in all or in one collection."""
        return self._docstore.count(collection)

    def collections(self, *, empty: bool = False) -> list[str]:
        """The names of all collections that hold something, or with `empty` that ever did."""
        return self._docstore.collections(empty=empty)

    def plan(self, paths: Sequence[str], *, collection: str, options: IngestOptions | None = None) -> list[Planned]:
        """What `ingest` would do; nothing is read but files whose time has changed, and nothing is written."""
        from .documents import IngestOptions, plan_ingest

        options = options or IngestOptions()
        return plan_ingest(
            self._docstore.known_sources(collection),
            paths,
            options=options,
            chunk_tokens=min(options.chunk_tokens, self.embedder.max_tokens),
            embedder=self.embedder.name,
        )

    def stems(self, text: str) -> list[str]:
        """The words of `text` as the keyword index keeps them, in order."""
        return self._docstore.keywords.stems(text)

    def idf(self, word: str) -> float:
        """Rarity of a word among all chunks: see `KeywordIndex.idf`."""
        return self._docstore.keywords.idf(word)

    def weigh_words(self, text: str, base: float = 0.0) -> list[WeighedWord]:
        """Its content words with their rarity: see `ranking.weigh_words`."""
        return weigh_words(self._docstore.keywords, text, base)

    def coverage(self, question: str, text: str, base: float = 0.0) -> float:
        """Share of the question's content words that `text` contains: see `ranking.covered_share`."""
        return covered_share(self._docstore.keywords, question, text, base)
