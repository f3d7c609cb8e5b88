"""The model in use as reranker of searches outside a chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..backends import Backend
    from ..retrieval import Reranking
    from .application import Application


def rerank_by_model(application: Application) -> Reranking | None:
    """The model in use as reranker of a search outside a chat, where the settings say so. `Application.run` runs it."""
    if application.settings.retrieval.reranker != "model":
        return None
    from ..agents import open_model_reranking

    async def start() -> Backend:
        await application.backend.start()
        return application.backend

    return open_model_reranking(application.settings.retrieval, start, application.run, application.reporter.warn)
