"""Search by words, by meaning, or both fused."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Protocol

from ...calibration import fitted
from ..docstore import Candidate, DocStore
from ..embedders import Embedder
from ..requests import SearchRequest
from ..rerankers import Reranking
from ..types import Contribution, Explained, Found, Place, Placing, SearchMode
from .diversity import spread
from .duplicates import Ranking, distinct, drop_near_equal
from .entries import lead_entries
from .fusion import fuse_ranks, fuse_scored, standing_out
from .pins import Pinned
from .subjects import Subject, find_subject
from .vector_search import VectorSearch

_DEPTH = 50  # of each ranking that is fused
_CONTRIBUTIONS = 20  # of passages that are told, though fewer are shown
_MORE = 2  # times `k`, among which near-equal ones are looked for and places spread


class Embedders(Protocol):
    def of(self, collection: str) -> Embedder | None:
        """What embeds questions about a collection; None where it cannot be had."""
        ...


class Searcher:
    """Finds the chunks that fit a question, in the way a mode says."""

    def __init__(self, docstore: DocStore, vector_search: VectorSearch, embedders: Embedders) -> None:
        self._docstore = docstore
        self._vector_search = vector_search
        self._embedders = embedders

    def search(self, request: SearchRequest, reranking: Reranking | None = None) -> Found:
        """See `Library.search`. A question without words (or an empty collection) finds nothing.

        The order in which `reranking` puts the first hits counts beside that of the search, never alone.
        """
        if not request.query.strip() or request.k < 1:
            return Found()
        sources = self._docstore.candidates.sources(request.collections, request.filters) if request.filters else None
        if sources is not None and not sources:
            return Found()
        depth = max(_DEPTH, request.k)
        known: dict[int, Candidate] = {}
        pinned = Pinned(request.pins, self._docstore.candidates, known, sources)
        dense_share = fitted().dense_share if request.dense_share is None else request.dense_share

        def rank(question: SearchRequest, within: Collection[int] | None) -> dict[str, Ranking]:
            searches: dict[str, Callable[[int], Ranking]] = {}
            if question.mode is not SearchMode.DENSE:
                searches["keyword"] = lambda most: self._by_words(question, most, within)
            if question.mode is not SearchMode.KEYWORD:
                searches["dense"] = self._by_meaning(question, within)
            rankings = {
                name: distinct(search, depth, self._docstore.candidates, known, merge=question.merge)
                for name, search in searches.items()
            }
            if question.mode is SearchMode.HYBRID:
                rankings = _with_same_chunks(rankings, known) if question.merge else rankings
                shares = (1 - dense_share, dense_share)
                fused = fuse_scored(
                    [pinned.by_words(rankings["keyword"]), pinned.by_meaning(rankings["dense"])], depth, shares
                )
                texts = {chunk: known[chunk].text for chunk, _ in fused}
                rankings["fused"] = lead_entries(question.query, fused, texts)
            return rankings

        stages = rank(request, sources)
        if request.mode is SearchMode.HYBRID:
            scored = stages["fused"]
        elif request.mode is SearchMode.KEYWORD:
            scored = pinned.by_words(stages["keyword"])
        else:
            scored = pinned.by_meaning(stages["dense"])
        cosines = dict(stages.get("dense", []))
        if request.mode is SearchMode.HYBRID and (subject := self._subject(request, sources)):
            named = rank(replace(request, query=subject.rest, embed_text=subject.rest), subject.sources)
            cosines = dict(named["dense"]) | cosines
            stages["named"] = named["fused"]
            scored = stages["with named"] = fuse_scored([scored, named["fused"]], 2 * depth)
        scored = pinned.last(scored)
        repeats: dict[int, list[int]] = {}
        if request.merge:
            scored, repeats = drop_near_equal(scored, max(request.k * _MORE, reranking.passages if reranking else 0), known)
        if reranking is not None and (ranked := _reranked(request.query, scored[: reranking.passages], known, reranking)):
            stages["reranked"] = ranked
            scored = fuse_ranks(scored, ranked)
        if request.diversity:
            scored = stages["diversity"] = spread(scored[: request.k * _MORE], known, request.diversity)
        scored = pinned.last(scored)
        first = [(*each, cosines.get(each[0], 0.0)) for each in scored[: request.k]]
        contributions = _contributions(stages, dense_share, depth) if request.mode is SearchMode.HYBRID else []
        return Found(self._explained(request, first, stages, repeats, sources), contributions)

    def _subject(self, request: SearchRequest, sources: Collection[int] | None) -> Subject | None:
        return find_subject(request.query, request.collections, self._docstore.keywords, sources)

    def _by_words(self, request: SearchRequest, most: int, sources: Collection[int] | None) -> Ranking:
        return self._docstore.keywords.search(request.query, most, *request.collections, sources=sources)

    def _by_meaning(self, request: SearchRequest, sources: Collection[int] | None) -> Callable[[int], Ranking]:
        chunks = None if sources is None else self._docstore.candidates.chunks(sources)
        text = request.embed_text or request.query

        def search(most: int) -> Ranking:
            ranking: Ranking = []
            for collection in dict.fromkeys(request.collections):
                if (embedder := self._embedders.of(collection)) is not None:
                    ranking += self._vector_search.search(embedder.embed_query(text), most, collection, chunks)
            return sorted(ranking, key=lambda entry: (-entry[1], entry[0]))[:most]

        return search

    def _explained(
        self,
        request: SearchRequest,
        scored: Sequence[tuple[int, float, float]],
        stages: dict[str, Ranking],
        repeats: dict[int, list[int]],
        sources: Collection[int] | None,
    ) -> list[Explained]:
        passages = self._docstore.passages(scored)
        placings = {name: _placings(ranking) for name, ranking in stages.items()}
        hits: list[Explained] = []
        for passage in passages:
            chunk = int(passage.chunk_id)
            if request.merge:
                passage = replace(passage, also_in=self._also_in(chunk, repeats.get(chunk, []), request, sources))
            stage = {name: placing[chunk] for name, placing in placings.items() if chunk in placing}
            hits.append(Explained(passage, stage))
        return hits

    def _also_in(
        self, chunk: int, near: Sequence[int], request: SearchRequest, sources: Collection[int] | None
    ) -> tuple[Place, ...]:
        places = self._docstore.candidates.places
        equal = places(chunk, request.collections, sources)
        alike = [
            place
            for passage in self._docstore.passages([(other, 0.0, 0.0) for other in near])
            for place in (
                Place(passage.source, passage.page, passage.page_label, passage.line),
                *places(int(passage.chunk_id), request.collections, sources),
            )
        ]
        return (*equal, *alike)


def _contributions(stages: dict[str, Ranking], dense_share: float, depth: int) -> list[Contribution]:
    """Without pins: what nobody's feedback took part in."""
    keyword, dense = standing_out(stages["keyword"], depth), standing_out(stages["dense"], depth)
    each = [Contribution(str(chunk), keyword.get(chunk, 0.0), dense.get(chunk, 0.0)) for chunk in keyword | dense]
    each.sort(key=lambda passage: -((1 - dense_share) * passage.keyword + dense_share * passage.dense))
    return each[:_CONTRIBUTIONS]


def _reranked(query: str, first: Ranking, known: dict[int, Candidate], reranking: Reranking) -> Ranking:
    """What the reranker has seen of the first hits, in its order."""
    candidates = [known[chunk] for chunk, _ in first]
    texts = [f"{each.heading}\n{each.text}" if each.heading else each.text for each in candidates]
    scores = reranking.scores(query, texts)
    ranked = [(chunk, score) for (chunk, _), score in zip(first, scores, strict=False)]
    return sorted(ranked, key=lambda entry: -entry[1])


def _with_same_chunks(stages: dict[str, Ranking], known: dict[int, Candidate]) -> dict[str, Ranking]:
    """Rankings that name equal chunks by the same of them."""
    names: dict[tuple[bytes, str, str], int] = {}
    return {
        stage: [(names.setdefault(known[chunk].key, chunk), score) for chunk, score in ranking]
        for stage, ranking in stages.items()
    }


def _placings(ranking: Ranking) -> dict[int, Placing]:
    return {chunk: Placing(rank, score) for rank, (chunk, score) in enumerate(ranking, start=1)}
