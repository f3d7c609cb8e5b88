"""What a library finds: passages for a question, by words, by meaning or both, and the sentences in them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from ..calibration import fitted
from .catalogue import Catalogue
from .collection_embedders import CollectionEmbedders
from .docstore import DocStore
from .embedders import Embedder
from .ranking import Searcher, VectorSearch, fuse_scored, join_neighbours, rank_sentences
from .requests import DIVERSITY, Filters, Pin, SearchRequest
from .rerankers import Reranking
from .types import Contribution, Explained, Found, Passage, Retrieved, SearchMode, Sentence, Vectors

_MOST_COMPARED = 12  # sentences
_SHORT = 8  # words, below which an answer is no sentence
_MORE_HITS = 3  # than are asked for: neighbours become one passage


class Searchable(Catalogue):
    """A library's searches. Methods are safe to call from several threads."""

    def __init__(
        self, docstore: DocStore, embedder: Embedder, embedders: CollectionEmbedders, vector_search: VectorSearch
    ) -> None:
        super().__init__(docstore, embedder)
        self.reranking: Reranking | None = None  # of every search that brings none of its own
        self._embedders = embedders
        self._vector_search = vector_search
        self._searcher = Searcher(docstore, vector_search, embedders)

    def search(
        self,
        query: str,
        *,
        also: str | Sequence[str] = "",
        k: int = 5,
        mode: SearchMode | str = SearchMode.HYBRID,
        collection: str | Sequence[str],
        embed_text: str | None = None,
        filters: Filters | None = None,
        diversity: float = DIVERSITY,
        merge: bool = True,
        reranking: Reranking | None = None,
        pins: Sequence[Pin] = (),
        dense_share: float | None = None,
    ) -> list[Passage]:
        """The `k` best chunks, best first. `embed_text` stands in for `query` where meaning is compared.

        `also`: other words for the same question, or its parts, searched for as well; all lists count equally.

        Of equal and nearly equal ones the best stands for all, and names the others' places, unless `merge` is False.
        `diversity`, `dense_share`: see `SearchRequest`; `pins`: questions that are tied to passages, and near to this one.
        """
        request = SearchRequest(
            query, k, SearchMode(mode), _names(collection), embed_text, filters, merge, pins, dense_share, diversity
        )
        return self._search(request, also, reranking)[0]

    def explain(self, request: SearchRequest, reranking: Reranking | None = None) -> Sequence[Explained]:
        """What a search brings, each with where every stage placed it."""
        return self._find(request, reranking).hits

    def _find(self, request: SearchRequest, reranking: Reranking | None) -> Found:
        return self._searcher.search(request, reranking or self.reranking)

    def _search(
        self, request: SearchRequest, also: str | Sequence[str], reranking: Reranking | None
    ) -> tuple[list[Passage], Sequence[Contribution]]:
        """The passages of the request and of what is searched for `also`; contributions of the request alone."""
        searched = self._find(request, reranking)
        passages = [hit.passage for hit in searched.hits]
        further = [text for text in ((also,) if isinstance(also, str) else also) if text]
        if not further:
            return passages, searched.ranked
        others = [[hit.passage for hit in self.explain(replace(request, query=text), reranking)] for text in further]
        return _fused([passages, *others], request.k), searched.ranked

    def retrieve(
        self,
        query: str,
        *,
        also: str | Sequence[str] = "",
        k: int = 3,
        mode: SearchMode | str = SearchMode.HYBRID,
        collection: str | Sequence[str],
        filters: Filters | None = None,
        reranking: Reranking | None = None,
        pins: Sequence[Pin] = (),
        dense_share: float | None = None,
    ) -> Retrieved:
        """Search, join what is found with what stands next to it, then judge the passages' sentences.

        `also`, `pins`, `dense_share`: see `search`. Sentences of several collections are all compared by the embedder of the
        first: scores of two have no common scale.
        """
        began = time.perf_counter()
        request = SearchRequest(
            query,
            k + _MORE_HITS,
            SearchMode(mode),
            _names(collection),
            filters=filters,
            pins=pins,
            dense_share=fitted().dense_share if dense_share is None else dense_share,
        )
        hits, ranked = self._search(request, also, reranking)
        passages = join_neighbours(hits, k, self._docstore)
        searched = time.perf_counter()
        sentences = self._rank_sentences(query, passages, collection)
        fused = request.dense_share if request.mode is SearchMode.HYBRID else None
        return Retrieved(query, passages, sentences, searched - began, time.perf_counter() - began, tuple(ranked), fused)

    def reread(self, retrieved: Retrieved, query: str, *, collection: str | Sequence[str]) -> Retrieved:
        """The same passages, with their sentences as they answer `query`."""
        return replace(retrieved, query=query, sentences=self._rank_sentences(query, retrieved.passages, collection))

    def nearness(self, text: str, retrieved: Retrieved, *, collection: str | Sequence[str]) -> float:
        """How near `text`, an answer to what was asked, comes to a sentence that is near to the question, -1 to 1.

        It is the best product of both cosines over the first sentences. A short answer is compared with its question before
        it, for by itself a figure or a name is near to nothing.
        """
        sentences = [sentence.text for sentence in retrieved.sentences[:_MOST_COMPARED]]
        if not sentences:
            return 0.0
        embedder = self._embedder_of(collection)
        spoken = text if len(text.split()) >= _SHORT else f"{retrieved.query} {text}"
        vectors = embedder.embed_documents([spoken, *sentences])
        cosines = (vectors[1:] @ vectors[0]) * (vectors[1:] @ embedder.embed_query(retrieved.query))
        return float(cosines.max())

    def further(
        self,
        retrieved: Retrieved,
        most: int,
        *,
        mode: SearchMode | str = SearchMode.HYBRID,
        collection: str | Sequence[str],
        filters: Filters | None = None,
    ) -> list[Passage]:
        """At most `most` passages that come after those `retrieved`, best first, joined in the same way."""
        k = len(retrieved.passages) + most
        request = SearchRequest(retrieved.query, k + _MORE_HITS, SearchMode(mode), _names(collection), filters=filters)
        hits = self._searcher.search(request).hits
        passages = join_neighbours([hit.passage for hit in hits], k, self._docstore)
        others = [each for each in passages if not any(_overlap(each, other) for other in retrieved.passages)]
        return others[:most]

    def vector_search(self, vector: Vectors, k: int, collection: str) -> Sequence[tuple[int, float]]:
        """(chunk id, cosine), best first."""
        return self._vector_search.search(vector, k, collection)

    def embed_query(self, text: str) -> Vectors:
        """Embed a question, keeping the last few thousand."""
        return self._embedders.current.embed_query(text)

    def _rank_sentences(self, query: str, passages: Sequence[Passage], collection: str | Sequence[str]) -> list[Sentence]:
        embedder = self._embedder_of(collection)
        return rank_sentences(query, passages, keywords=self._docstore.keywords, embedder=embedder)

    def _embedder_of(self, collection: str | Sequence[str]) -> Embedder:
        """That of the first collection."""
        return self._embedders.of(_names(collection)[0]) or self._embedders.current


def _names(collection: str | Sequence[str]) -> tuple[str, ...]:
    return (collection,) if isinstance(collection, str) else tuple(collection)


def _fused(lists: Sequence[Sequence[Passage]], k: int) -> list[Passage]:
    """The best `k` of all lists. Each place has a score of the first list, for fused ones compare with no others."""
    known = {passage.chunk_id: passage for passages in reversed(lists) for passage in passages}
    rankings = [[(passage.chunk_id, passage.score) for passage in passages] for passages in lists]
    scores = next(([passage.score for passage in passages] for passages in lists if passages), [])
    scores += [scores[-1]] * (k - len(scores)) if scores else []
    return [
        replace(known[chunk], score=score) for (chunk, _), score in zip(fuse_scored(rankings, k)[:k], scores, strict=False)
    ]


def _overlap(passage: Passage, other: Passage) -> bool:
    return passage.source == other.source and passage.start < other.end and other.start < passage.end
