"""TGI's `/generate` and `/tokenize`: raw completion with a grammar, log-probabilities and the likeliest first tokens.

Its grammars are JSON schemas and regular expressions; the candidates it lists are at most five, and it reads text only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...errors import UsageError
from ..base import Completion, Piece, RawRequest, TokenChoice
from ..wire import Backoff, as_plain_text
from .errors import ServerError, backend_error, unreadable
from .messages import positive_seed
from .server import TGIServer

_MOST_CANDIDATES = 5  # `--max-top-n-tokens`


class TGICompletion:
    """See `base.RawCompletion`. An overloaded server is asked again after a pause, as long as nothing has been shown."""

    def __init__(self, server: TGIServer, *, adapter: str | None, backoff: Backoff) -> None:
        self._server = server
        self._adapter = adapter
        self._backoff = backoff

    async def complete(self, request: RawRequest) -> Completion:
        body = _body(request, self._adapter)
        attempts = 1
        while True:
            try:
                return _completion(await self._server.generate(body), request)
            except ServerError as error:
                await self._wait(error, attempts)
                attempts += 1
            except (KeyError, TypeError, ValueError, RecursionError, AttributeError) as error:
                raise unreadable(self._server.where, error) from error

    async def tokenize(self, text: str, *, special: bool = False) -> Sequence[Piece]:
        if not text:
            return []
        try:
            tokens = await self._server.tokenize(text)
            return [
                Piece(int(token["id"]), str(token["text"]))
                for token in tokens
                if special or token["start"] < token["stop"]  # the model's own tokens stand for no text
            ]
        except ServerError as error:
            raise backend_error(error, self._server.where) from error
        except (KeyError, TypeError, ValueError, RecursionError, AttributeError) as error:
            raise unreadable(self._server.where, error) from error

    async def _wait(self, error: ServerError, attempts: int) -> None:
        """Until it may be asked again.

        Raises:
            BackendFailed, ContextOverflow: there is no next time.
        """
        if not error.overloaded or attempts >= self._backoff.tries:
            raise backend_error(error, self._server.where) from error
        await self._backoff.pause(attempts, least_s=error.retry_after_s)


def _body(request: RawRequest, adapter: str | None) -> dict[str, Any]:
    if not isinstance(request.prompt, str):
        raise UsageError("TGI reads text, not token ids.", hint="Give the prompt as text.")
    if request.grammar is not None:
        raise UsageError("TGI takes no GBNF grammar.", hint="Give a JSON `schema` or a `regex`.")
    parameters: dict[str, Any] = {"max_new_tokens": request.max_tokens, "details": True}
    if request.stop:
        parameters["stop"] = list(request.stop)
    if request.temperature > 0:
        parameters |= {"do_sample": True, "temperature": request.temperature}
    if request.seed is not None:
        parameters["seed"] = positive_seed(request.seed)
    if request.n_probs:
        parameters["top_n_tokens"] = min(request.n_probs, _MOST_CANDIDATES)
    if request.schema is not None:
        parameters["grammar"] = {"type": "json", "value": dict(request.schema)}
    if request.regex is not None:
        parameters["grammar"] = {"type": "regex", "value": request.regex}
    if adapter:
        parameters["adapter_id"] = adapter
    return {"inputs": as_plain_text(request.prompt), "parameters": parameters}


def _completion(body: Mapping[str, Any], request: RawRequest) -> Completion:
    details = body.get("details") or {}
    tops = details.get("top_tokens") or []
    text, finish = str(body["generated_text"]), details.get("finish_reason")
    if finish == "stop_sequence":  # TGI leaves it at the end
        text = text.removesuffix(next((stop for stop in request.stop if text.endswith(stop)), ""))
    first = [TokenChoice(int(top["id"]), str(top["text"]), float(top["logprob"])) for top in (tops[0] if tops else [])]
    return Completion(
        text=text,
        tokens=int(details.get("generated_tokens") or 0),
        logprobs=tuple(float(token["logprob"]) for token in details.get("tokens") or []),
        first=tuple(sorted(first, key=lambda choice: -choice.logprob)),
        finish="length" if finish == "length" else "stop",
    )
