"""Telling a text that an embedder refuses from an embedder that is not there."""

from __future__ import annotations

from ...errors import AylluError
from .base import Embedder, EmbedderFailed

_HARMLESS = "A few plain words."


def find_obstacle(embedder: Embedder) -> AylluError | None:
    """Why the embedder refuses even a text that none refuses; None where it answers."""
    try:
        embedder.embed_documents([_HARMLESS])
    except AylluError as error:
        return error
    except Exception as error:  # an edge: embedders are other people's servers and models
        return EmbedderFailed(f"The embedder failed: {error}.", hint="Check `models.embedder`.")
    return None
