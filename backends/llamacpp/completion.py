"""llama.cpp's own endpoints: completion of a raw prompt with a grammar and log-probabilities, and its tokenizer.

Wire format: llama.cpp `tools/server/README.md`, `/completion` and `/tokenize`.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import httpx

from ...errors import UsageError
from ..base import Completion, Piece, RawRequest, TokenChoice
from ..errors import BackendFailed, BackendUnreachable
from ..openai.errors import error_from_status


class LlamaCppCompletion:
    """See `base.RawCompletion`. `http` has the server's address and key, and is closed by its owner.

    `extra` goes into the body of every completion.
    """

    def __init__(self, http: httpx.AsyncClient, where: str, extra: Mapping[str, Any] = {}) -> None:
        self._http = http
        self._where = where
        self._extra = extra

    async def complete(self, request: RawRequest) -> Completion:
        prompt = request.prompt
        if isinstance(prompt, str):  # as a text it would be searched for control tokens
            prompt = [piece.id for piece in await self.tokenize(prompt, special=True)]
        body = await self._post("/completion", {**_body(replace(request, prompt=prompt)), **self._extra})
        try:
            return _completion(body, request)
        except (KeyError, TypeError, ValueError) as error:
            raise _unreadable(self._where, error) from error

    async def tokenize(self, text: str, *, special: bool = False) -> Sequence[Piece]:
        options = {"with_pieces": True, "add_special": special, "parse_special": False}
        body = await self._post("/tokenize", {"content": text, **options})
        try:
            tokens = [(int(token["id"]), _bytes(token["piece"])) for token in body["tokens"]]
        except (KeyError, TypeError, ValueError) as error:
            raise _unreadable(self._where, error) from error
        texts = _texts([piece for _, piece in tokens])
        return [Piece(token_id, text) for (token_id, _), text in zip(tokens, texts, strict=True)]

    async def _post(self, path: str, body: Mapping[str, Any]) -> Any:
        try:
            answer = await self._http.post(path, json=body)
        except httpx.HTTPError as error:
            raise _unreachable(self._where, error) from error
        if answer.status_code != 200:
            raise error_from_status(answer.status_code, _parsed(answer.content), self._where)
        return _parsed(answer.content)


def _body(request: RawRequest) -> dict[str, Any]:
    if request.regex is not None:
        raise UsageError("llama.cpp takes no regular expression as a grammar.", hint="Write it as a GBNF `grammar`.")
    body: dict[str, Any] = {
        "prompt": list(request.prompt),
        "n_predict": request.max_tokens,
        "stop": list(request.stop),
        "temperature": request.temperature,
        "cache_prompt": True,
        "n_probs": request.n_probs,
    }
    if request.grammar is not None:
        body["grammar"] = request.grammar
    if request.schema is not None:
        body["json_schema"] = dict(request.schema)
    if request.seed is not None:
        body["seed"] = request.seed
    return body


def _completion(body: Mapping[str, Any], request: RawRequest) -> Completion:
    steps = body.get("completion_probabilities") or []
    first = steps[0]["top_logprobs"] if steps else []
    return Completion(
        text=str(body["content"]),
        tokens=int(body["tokens_predicted"]),
        logprobs=tuple(float(step["logprob"]) for step in steps),
        first=tuple(TokenChoice(int(top["id"]), str(top["token"]), float(top["logprob"])) for top in first),
        prompt_tokens=int(body["tokens_evaluated"]),
        cached_tokens=int(body.get("timings", {}).get("cache_n", 0)),
        finish="length" if body.get("stop_type") == "limit" else "stop",
        writing_s=float(body.get("timings", {}).get("predicted_ms", 0.0)) / 1000,
    )


def _bytes(piece: str | list[int]) -> bytes:
    """Half a character comes as bytes."""
    return piece.encode("utf-8", "replace") if isinstance(piece, str) else bytes(piece)


def _texts(pieces: Sequence[bytes]) -> list[str]:
    """The text of each. Of a character in several, the first has it and the others have none."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    texts, begun = [""] * len(pieces), 0
    for at, piece in enumerate(pieces, start=1):
        texts[begun] += decoder.decode(piece, final=at == len(pieces))
        begun = begun if decoder.getstate()[0] else at
    return texts


def _parsed(content: bytes | str) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return content.decode("utf-8", "replace") if isinstance(content, bytes) else content


def _unreachable(where: str, error: httpx.HTTPError) -> BackendUnreachable:
    return BackendUnreachable(
        f"No answer from {where}: {str(error) or type(error).__name__}.",
        hint="`ayllu backends check` looks at the server.",
    )


def _unreadable(where: str, error: Exception) -> BackendFailed:
    return BackendFailed(
        f"{where} sent an answer that cannot be read: {error}.", hint="`ayllu backends check` looks at the server."
    )
