"""How the next token is chosen among a model's scores: greedily or by chance, and held to a grammar where there is one.

Grammars are llguidance's. It takes JSON schemas and regular expressions as they are; GBNF, llama.cpp's own form, is put into
its words here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import UsageError
from ...text import one_line

Scores = NDArray[np.float32]  # (vocabulary,): logits, higher is likelier
_TOKEN_RULE = re.compile(r'([a-z][a-z0-9]*) ::= ((?:<\[\d+\]>|[a-z][a-z0-9]*|"(?:[^"\\\n]|\\.)*"|[| ])+)')


_NAMED = {"properties", "$defs", "definitions"}  # schemas by names
_NO_SCHEMAS = {"enum", "const", "default", "examples", "allOf"}  # those of `allOf` hold together, so none of them is closed


@dataclass(frozen=True, slots=True)
class Sampling:
    """Greedy at a `temperature` of 0. `top_p` and `top_k` (0: all) cut off the unlikely; a `seed` repeats the choice."""

    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    seed: int | None = None


class Sampler:
    """Chooses tokens for one answer."""

    def __init__(self, how: Sampling) -> None:
        self._how = how
        self._chance = np.random.default_rng(None if how.seed is None else how.seed % 2**64)

    def pick(self, scores: Scores) -> int:
        """The chosen token's id. What a grammar forbids has a score of minus infinity."""
        how = self._how
        if how.temperature <= 0:
            return int(scores.argmax())
        wide = scores.astype(np.float64) / how.temperature
        order = np.arange(wide.size)
        if how.top_k or how.top_p < 1:
            order = np.argsort(-wide)[: how.top_k or None]
        odds = np.exp(wide[order] - wide.max())
        odds /= odds.sum()
        if how.top_p < 1:
            odds = odds[: 1 + int(np.searchsorted(np.cumsum(odds), how.top_p))]
        reached = np.cumsum(odds)
        at = int(np.searchsorted(reached, self._chance.random() * reached[-1], side="right"))
        return int(order[min(at, odds.size - 1)])


def log_odds(scores: Scores) -> NDArray[np.float64]:
    """The log-probability of each token."""
    wide = scores.astype(np.float64)
    wide -= wide.max()
    wide -= np.log(np.exp(wide).sum())
    return wide


class Grammars:
    """Grammars over one tokenizer's tokens; `ends` are the tokens that end an answer.

    Raises:
        UsageError: it is a tokenizer of an unknown kind.
    """

    def __init__(self, tokenizer_json: str, vocabulary: int, ends: Sequence[int]) -> None:
        import llguidance

        self._vocabulary = vocabulary
        try:
            self._tokenizer = llguidance.LLTokenizer(_plain(tokenizer_json), n_vocab=vocabulary, eos_token=list(ends))
        except ValueError as error:
            raise UsageError(
                f"Answers of this model cannot be held to a form: {one_line(str(error), 200)}.", hint="Ask for plain text."
            ) from error

    def open(self, grammar: str) -> Held:
        """Raises UsageError: there is no such grammar."""
        import llguidance

        matcher = llguidance.LLMatcher(self._tokenizer, grammar, log_level=0)
        if said := matcher.get_error():
            raise UsageError(f"No answer can be held to this form: {one_line(said, 200)}.", hint="Ask in another form.")
        return Held(matcher, self._vocabulary)


class Held:
    """One answer, held to a grammar token by token."""

    def __init__(self, matcher: Any, vocabulary: int) -> None:
        from llguidance.numpy import allocate_token_bitmask

        self._matcher = matcher
        self._mask = allocate_token_bitmask(1, vocabulary)

    def restrict(self, scores: Scores) -> Scores:
        """`scores` with what may not come next at minus infinity."""
        from llguidance.numpy import apply_token_bitmask_inplace, fill_next_token_bitmask

        fill_next_token_bitmask(self._matcher, self._mask)
        held = scores[None].copy()
        apply_token_bitmask_inplace(held, self._mask)
        restricted: Scores = held[0]
        return restricted

    def took(self, token: int) -> None:
        self._matcher.consume_token(token)


def _plain(tokenizer_json: str) -> str:
    """The same tokenizer, its decoder in words that llguidance knows: transformers 4 writes a GGUF file's in more."""
    form = json.loads(tokenizer_json)
    steps = (form.get("decoder") or {}).get("decoders") or []
    of_bytes = [step for step in steps if step.get("type") == "ByteLevel"]
    return json.dumps({**form, "decoder": of_bytes[0]}) if of_bytes else tokenizer_json


def of_schema(schema: Mapping[str, Any]) -> str:
    """The grammar of a JSON schema, kept close, for a small model likes to go on for ever.

    Between its parts stands a space at most. An object with named properties has no others, unless the schema says it.
    """
    import llguidance

    plain = {"whitespace_pattern": "[ ]?"}
    return str(llguidance.LLMatcher.grammar_from_json_schema(_closed(schema), plain))


def _closed(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_closed(one) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    closed: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _NAMED and isinstance(value, Mapping):
            closed[key] = {name: _closed(one) for name, one in value.items()}
        else:
            closed[key] = value if key in _NO_SCHEMAS else _closed(value)
    if "properties" in closed and "allOf" not in closed:
        closed.setdefault("additionalProperties", False)
    return closed


def of_regex(regex: str) -> str:
    import llguidance

    return str(llguidance.LLMatcher.grammar_from_regex(regex))


def of_gbnf(text: str) -> str:
    """The grammar that llama.cpp would read. Tokens may stand by their ids (`<[17]>`) where each rule is one line.

    Raises:
        UsageError: it cannot be read.
    """
    import llguidance
    from llguidance.gbnf_to_lark import gbnf_to_lark

    if "<[" in text:
        return str(llguidance.LLMatcher.grammar_from_lark("\n".join(map(_token_rule, text.strip().splitlines()))))
    try:
        return str(llguidance.LLMatcher.grammar_from_lark(gbnf_to_lark(text)))
    except Exception as error:  # an edge: the converter raises bare exceptions
        raise UsageError(f"The grammar cannot be read: {one_line(str(error), 200)}.", hint="Write it as GBNF.") from error


def _token_rule(line: str) -> str:
    found = _TOKEN_RULE.fullmatch(line)
    if found is None:
        raise UsageError(
            f"The grammar cannot be read: {one_line(line, 80)}.",
            hint='With tokens by id, each rule is one line of alternatives: `name ::= <[17]> other | "text"`.',
        )
    name, options = found.groups()
    return f"{_named(name)}: " + " ".join(_named(one) for one in re.findall(r'"(?:[^"\\]|\\.)*"|\S+', options))


def _named(word: str) -> str:
    return "start" if word == "root" else word
