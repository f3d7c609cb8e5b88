"""Whether a question is answered from whole documents, and from which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...retrieval import Filters, Library, SourceInfo
from ..asking import Extent, wanted_extent
from .choosing import choose_documents

_CHUNK_TOKENS = 150  # about so many has a chunk of usual size
_DEPTH = 50  # passages that say which documents are read first for a list


@dataclass(frozen=True, slots=True)
class Plan:
    """`documents` are read in this order; without any, the person is asked which of the `candidates` is meant."""

    extent: Extent
    documents: tuple[SourceInfo, ...] = ()
    candidates: tuple[str, ...] = ()

    @property
    def topic(self) -> str:
        return self.extent.topic


def plan_reading(
    library: Library,
    question: str,
    collections: Sequence[str],
    filters: Filters | None,
    *,
    cited: Sequence[str],
    most_tokens: int,
) -> Plan | None:
    """None where passages answer it: no document is meant, or all there are would be more than `most_tokens`.

    `cited`: what the latest answer cites, for "this document".
    """
    extent = wanted_extent(question) if most_tokens else None
    if extent is None:
        return None
    chosen = choose_documents(extent, library.documents(collections, filters), cited)
    if chosen is None:
        return None
    if not chosen.documents:
        return Plan(extent, candidates=chosen.candidates)
    documents = chosen.documents
    if not chosen.named:
        extent = replace(extent, topic=extent.all_of_topic)
    undirected = extent.form == "list" and not extent.refers and len(documents) > 1
    if undirected and _CHUNK_TOKENS * sum(each.chunks for each in documents) > most_tokens:
        return None
    if extent.form == "list" and len(documents) > 1:
        documents = _likeliest_first(library, extent.topic, documents, collections, filters)
    return Plan(extent, documents)


def _likeliest_first(
    library: Library, topic: str, documents: Sequence[SourceInfo], collections: Sequence[str], filters: Filters | None
) -> tuple[SourceInfo, ...]:
    hits = library.search(topic, k=_DEPTH, collection=collections, filters=filters)
    ranks = {source: rank for rank, source in enumerate(dict.fromkeys(hit.source for hit in hits))}
    return tuple(sorted(documents, key=lambda each: (ranks.get(each.source, len(ranks)), each.source)))
