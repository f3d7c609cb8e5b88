"""An OpenAI-compatible `/embeddings` endpoint. The token comes from AYLLU_EMBEDDINGS_TOKEN, where it is set."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence

import numpy as np

from ...redaction import redact, remember_secret
from ..types import Vectors
from .base import EmbedderFailed, VectorsUnusable, embeddable

_BATCH = 64  # texts a request
_TIMEOUT_S = 60.0
_WORD_OR_SIGN = re.compile(r"\w+|[^\w\s]")


class EndpointEmbedder:
    """`model` at the address `url`, which is asked when the first text comes."""

    max_tokens = 512

    def __init__(self, url: str, model: str) -> None:
        self.name = f"openai:{redact(url)}#{model}"  # it is kept with what was embedded
        self._url = url.rstrip("/") + "/embeddings"
        self._model = model
        self._dimensions: int | None = None

    @property
    def dimensions(self) -> int:
        if self._dimensions is None:
            self._dimensions = self._request(["dimensions"]).shape[1]
        return self._dimensions

    def embed_query(self, text: str) -> Vectors:
        row: Vectors = self.embed_documents([text])[0]
        return row

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        return np.concatenate([self._request(texts[at : at + _BATCH]) for at in range(0, len(texts), _BATCH)])

    def token_offsets(self, text: str) -> Sequence[tuple[int, int]]:
        """Words stand for tokens: the server's tokenizer is not known."""
        return [match.span() for match in _WORD_OR_SIGN.finditer(text)]

    def _request(self, texts: Sequence[str]) -> Vectors:
        import httpx

        from ...http_clients import ANSWER_BYTES, Bounds, Client

        token = os.environ.get("AYLLU_EMBEDDINGS_TOKEN")
        if token:
            remember_secret(token)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        body = {"model": self._model, "input": [embeddable(text) for text in texts]}
        try:
            with Client(self._url, bounds=Bounds(ANSWER_BYTES, _TIMEOUT_S), headers=headers, timeout=_TIMEOUT_S) as http:
                response = http.post(self._url, json=body)
            response.raise_for_status()
            data = sorted(response.json()["data"], key=lambda entry: int(entry["index"]))
            rows = np.array([entry["embedding"] for entry in data], np.float64)
            if [int(entry["index"]) for entry in data] != list(range(len(texts))) or rows.ndim != 2:
                raise ValueError(f"{len(data)} vectors for {len(texts)} texts")
        except (httpx.HTTPError, json.JSONDecodeError, KeyError, TypeError, ValueError, RecursionError) as error:
            raise EmbedderFailed(
                f"The embeddings endpoint {self._url} did not answer as it should: {error}.",
                hint="Start it, or check `models.embedder`.",
            ) from error
        if self._dimensions is None:
            self._dimensions = rows.shape[1]
        if rows.shape[1] != self._dimensions:
            raise VectorsUnusable(self.name, f"vectors of {rows.shape[1]} numbers after vectors of {self._dimensions}")
        if not np.isfinite(rows).all():
            raise VectorsUnusable(self.name, "numbers that are none (NaN or infinite)")
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)  # in 64 bits: some servers give numbers beyond 32
        return np.asarray(np.divide(rows, lengths, where=lengths > 0, out=rows), np.float32)
