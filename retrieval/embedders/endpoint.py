"""An OpenAI-compatible `/embeddings` endpoint. The token comes from AYLLU_EMBEDDINGS_TOKEN, where it is set."""

from __future__ import annotations

import json
import os
import random
import re
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from ...redaction import redact, remember_secret
from ..types import Vectors
from .base import EmbedderFailed, VectorsUnusable, embeddable

if TYPE_CHECKING:
    import httpx

_BATCH = 64  # texts a request
_AT_ONCE = 4  # requests
_TIMEOUT_S = 60.0
_WAITS_S = (0.25, 1.0, 3.0)  # before each further try
_LONGEST_WAIT_S = 20.0  # that a server may ask for
_PASSING = {408, 409, 425, 429, 500, 502, 503, 504}  # what may be otherwise in a moment
_TOO_LARGE = {413, 422}  # what a server with a smaller limit says to a batch
_SPACELESS = "\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"  # scripts without spaces
_TOKEN = re.compile(rf"[{_SPACELESS}]|[^\W{_SPACELESS}]{{1,8}}|[^\w\s]")


class EndpointEmbedder:
    """`model` at the address `url`, which is asked when the first text comes. Threads may share it."""

    max_tokens = 512

    def __init__(self, url: str, model: str, *, waits_s: Sequence[float] = _WAITS_S) -> None:
        """`waits_s`: how long to wait before each further try of a request that failed in passing."""
        self.name = f"openai:{redact(url)}#{model}"  # it is kept with what was embedded
        self._url = url.rstrip("/") + "/embeddings"
        self._model = model
        self._waits_s = waits_s
        self._dimensions: int | None = None
        self._batch = _BATCH

    @property
    def dimensions(self) -> int:
        if self._dimensions is None:
            self._dimensions = self.embed_documents(["dimensions"]).shape[1]
        return self._dimensions

    def embed_query(self, text: str) -> Vectors:
        row: Vectors = self.embed_documents([text])[0]
        return row

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        from ...http_clients import ANSWER_BYTES, Bounds, Client

        token = os.environ.get("AYLLU_EMBEDDINGS_TOKEN")
        if token:
            remember_secret(token)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        batches = [texts[at : at + self._batch] for at in range(0, len(texts), self._batch)]
        with Client(self._url, bounds=Bounds(ANSWER_BYTES, _TIMEOUT_S), headers=headers, timeout=_TIMEOUT_S) as http:
            if len(batches) == 1:
                return self._embed(http, batches[0])
            with ThreadPoolExecutor(min(_AT_ONCE, len(batches))) as pool:
                return np.concatenate(list(pool.map(lambda batch: self._embed(http, batch), batches)))

    def token_offsets(self, text: str) -> Sequence[tuple[int, int]]:
        """Pieces of words stand for tokens, and letters of scripts without spaces: the server's own are not known."""
        return [match.span() for match in _TOKEN.finditer(text)]

    def _embed(self, http: httpx.Client, texts: Sequence[str]) -> Vectors:
        """One batch, in halves where the server finds it too large."""
        response = self._post(http, texts)
        if response.status_code in _TOO_LARGE and len(texts) > 1:
            half = (len(texts) + 1) // 2
            self._batch = min(self._batch, half)
            return np.concatenate([self._embed(http, texts[:half]), self._embed(http, texts[half:])])
        return self._read(response, len(texts))

    def _post(self, http: httpx.Client, texts: Sequence[str]) -> httpx.Response:
        """Ask, and ask again after a while where what went wrong may pass.

        Raises:
            EmbedderFailed: no answer came.
        """
        import httpx

        body = {"model": self._model, "input": [embeddable(text) for text in texts]}
        for wait_s in (*self._waits_s, None):
            try:
                response = http.post(self._url, json=body)
                if wait_s is None or response.status_code not in _PASSING:
                    return response
                wait_s = _asked_wait_s(response) or wait_s
            except httpx.TransportError as error:
                if wait_s is None:
                    raise self._failed(error) from error
            except httpx.HTTPError as error:
                raise self._failed(error) from error
            time.sleep(wait_s * random.uniform(0.75, 1.25))
        raise AssertionError  # the last try returns or raises

    def _read(self, response: httpx.Response, expected: int) -> Vectors:
        import httpx

        try:
            response.raise_for_status()
            data = sorted(response.json()["data"], key=lambda entry: int(entry["index"]))
            rows = np.array([entry["embedding"] for entry in data], np.float64)
            if [int(entry["index"]) for entry in data] != list(range(expected)) or rows.ndim != 2:
                raise ValueError(f"{len(data)} vectors for {expected} texts")
        except (httpx.HTTPError, json.JSONDecodeError, KeyError, TypeError, ValueError, RecursionError) as error:
            raise self._failed(error) from error
        if self._dimensions is None:
            self._dimensions = rows.shape[1]
        if rows.shape[1] != self._dimensions:
            raise VectorsUnusable(self.name, f"vectors of {rows.shape[1]} numbers after vectors of {self._dimensions}")
        if not np.isfinite(rows).all():
            raise VectorsUnusable(self.name, "numbers that are none (NaN or infinite)")
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)  # in 64 bits: some servers give numbers beyond 32
        return np.asarray(np.divide(rows, lengths, where=lengths > 0, out=rows), np.float32)

    def _failed(self, error: Exception) -> EmbedderFailed:
        return EmbedderFailed(
            f"The embeddings endpoint {self._url} did not answer as it should: {error}.",
            hint="Start it, or check `models.embedder`.",
        )


def _asked_wait_s(response: httpx.Response) -> float | None:
    """How long the server asks to wait, in seconds."""
    try:
        return min(float(response.headers.get("Retry-After", "")), _LONGEST_WAIT_S)
    except ValueError:  # not given, or as a date
        return None
