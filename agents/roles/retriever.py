"""The retriever: no model, hybrid search and the best sentences, on screen before anything is written."""

from __future__ import annotations

import asyncio

from ..answers import evidence_of
from ..asking.questions import subject
from ..events import AgentStarted, EvidenceFound
from ..judging import answerable as critic
from ..turn import Turn, Workshop


async def retrieve(shop: Workshop, turn: Turn) -> str:
    turn.emit(AgentStarted("retriever", "searching the documents"))
    await asyncio.to_thread(_search, shop, turn)
    found = turn.brought()
    turn.emit(EvidenceFound(evidence_of(found), found.passages, found))
    return f"{len(found.passages)} passages"


def _search(shop: Workshop, turn: Turn) -> None:
    mode = shop.settings.retrieval.mode
    turn.found = shop.library.retrieve(turn.query, k=shop.passages, mode=mode, collection=turn.collection)
    turn.signals = critic.signals(shop.library, turn.query, turn.found, subject(turn.question))
    turn.answerable = critic.answerable(turn.signals)
