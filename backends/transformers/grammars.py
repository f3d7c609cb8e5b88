"""Answers held to a grammar, token by token.

Grammars are llguidance's. It takes JSON schemas and regular expressions as they are; GBNF, llama.cpp's own form, is put into
its words here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ...errors import UsageError
from ...text import one_line
from .sampling import Scores

_TOKEN_RULE = re.compile(r'([a-z][a-z0-9]*) ::= ((?:<\[\d+\]>|[a-z][a-z0-9]*|"(?:[^"\\\n]|\\.)*"|[| ])+)')
_NAMED_SCHEMAS = {"properties", "$defs", "definitions"}
_NO_SCHEMAS = {"enum", "const", "default", "examples", "allOf"}  # those of `allOf` hold together, so none of them is closed


class Grammars:
    """Grammars over one tokenizer's tokens; `end_tokens` are those that end an answer.

    Raises:
        UsageError: it is a tokenizer of an unknown kind.
    """

    def __init__(self, tokenizer_json: str, vocabulary: int, end_tokens: Sequence[int]) -> None:
        import llguidance

        self._vocabulary = vocabulary
        plain = _plain_tokenizer(tokenizer_json)
        try:
            self._tokenizer = llguidance.LLTokenizer(plain, n_vocab=vocabulary, eos_token=list(end_tokens))
        except ValueError as error:
            raise UsageError(
                f"Answers of this model cannot be held to a form: {one_line(str(error), 200)}.", hint="Ask for plain text."
            ) from error

    def begin(self, grammar: str) -> HeldAnswer:
        """An answer that is to keep to `grammar`.

        Raises:
            UsageError: there is no such grammar.
        """
        import llguidance

        matcher = llguidance.LLMatcher(self._tokenizer, grammar, log_level=0)
        if problem := matcher.get_error():
            raise UsageError(f"No answer can be held to this form: {one_line(problem, 200)}.", hint="Ask in another form.")
        return HeldAnswer(matcher, self._vocabulary)


class HeldAnswer:
    """One answer, held to a grammar token by token."""

    def __init__(self, matcher: Any, vocabulary: int) -> None:
        from llguidance.numpy import allocate_token_bitmask

        self._matcher = matcher
        self._mask = allocate_token_bitmask(1, vocabulary)

    def restrict(self, scores: Scores) -> Scores:
        """`scores` with what may not come next at minus infinity."""
        from llguidance.numpy import apply_token_bitmask_inplace, fill_next_token_bitmask

        fill_next_token_bitmask(self._matcher, self._mask)
        batch = scores[None].copy()
        apply_token_bitmask_inplace(batch, self._mask)
        restricted: Scores = batch[0]
        return restricted

    def accept(self, token: int) -> None:
        """`token` has been chosen."""
        self._matcher.consume_token(token)


def _plain_tokenizer(tokenizer_json: str) -> str:
    """The same tokenizer, its decoder in words that llguidance knows: transformers 4 writes a GGUF file's in more."""
    form = json.loads(tokenizer_json)
    steps = (form.get("decoder") or {}).get("decoders") or []
    byte_steps = [step for step in steps if step.get("type") == "ByteLevel"]
    return json.dumps({**form, "decoder": byte_steps[0]}) if byte_steps else tokenizer_json


def schema_grammar(schema: Mapping[str, Any]) -> str:
    """The grammar of a JSON schema, kept close, for a small model likes to go on for ever.

    Between its parts stands a space at most. An object with named properties has no others, unless the schema says it.
    """
    import llguidance

    return str(llguidance.LLMatcher.grammar_from_json_schema(_closed(schema), {"whitespace_pattern": "[ ]?"}))


def _closed(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_closed(inner) for inner in schema]
    if not isinstance(schema, Mapping):
        return schema
    closed: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _NAMED_SCHEMAS and isinstance(value, Mapping):
            closed[key] = {name: _closed(inner) for name, inner in value.items()}
        else:
            closed[key] = value if key in _NO_SCHEMAS else _closed(value)
    if "properties" in closed and "allOf" not in closed:
        closed.setdefault("additionalProperties", False)
    return closed


def regex_grammar(regex: str) -> str:
    import llguidance

    return str(llguidance.LLMatcher.grammar_from_regex(regex))


def gbnf_grammar(text: str) -> str:
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
    rule = _TOKEN_RULE.fullmatch(line)
    if rule is None:
        raise UsageError(
            f"The grammar cannot be read: {one_line(line, 80)}.",
            hint='With tokens by id, each rule is one line of alternatives: `name ::= <[17]> other | "text"`.',
        )
    name, options = rule.groups()
    symbols = re.findall(r'"(?:[^"\\]|\\.)*"|\S+', options)
    return f"{_rule_name(name)}: " + " ".join(_rule_name(symbol) for symbol in symbols)


def _rule_name(symbol: str) -> str:
    return "start" if symbol == "root" else symbol
