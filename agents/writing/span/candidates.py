"""The span writer: a short answer copied from the text, chosen among several that a tiny model likes.

A model of some hundred million parameters cannot be asked to chat about a passage, but it can point into one. It is asked by
raw completion after worked examples; a grammar lets it write nothing but a run of the text's own words; its likeliest first
words each start one candidate, decoded greedily. `ranking` chooses among them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ....backends import Piece, RawCompletion, RawRequest
from .ranking import Candidate

NO_ANSWER = " none\n"  # what a tuned model writes of a text that does not answer
_MAX_WORDS = 10
_STARTS = 6  # first words tried in each context
_NUMBERS = 3  # numbers tried among them, where the model spells figures one by one
_N_PROBS = 60  # first tokens listed, among which the text's words are looked for
_WORD = re.compile(r"\w+", re.UNICODE)
_EDGE = " \t\n.,;:!?\"'“”‘’()[]{}«»–—-\N{REPLACEMENT CHARACTER}"
_NUMBER_BEFORE = re.compile(r"(?<!\S)\d[\d.,]* $")
_BARE_NUMBER = re.compile(r"\d[\d.,]*")
_UNIT_AFTER = re.compile(r" (?!(?:and|or|of|in|on|at|to|for|from|a|the|is|was|are|were|by|with)\b)[^\W\d_]+")
_PRICE = re.compile(r"\b(?:how much|costs?|pay|price|fee|charge)\b", re.IGNORECASE)


async def candidates(raw: RawCompletion, prefix: str, text: str, question: str) -> Sequence[Candidate]:
    """The spans of `text` that the model likes best as answers to `question`, in the order of their first words.

    `prefix` is the fixed part of the prompt, kept in the server's cache.
    """
    shown = " ".join(text.split())
    pieces = await raw.tokenize(f" {shown}")
    prompt = [piece.id for piece in await raw.tokenize(span_prompt(prefix, shown, question))]
    starts = _word_starts(pieces)
    heads: list[_Head] = []
    for head in await _heads(raw, prompt, _Head((), 0.0, [start - 1 for start in starts]), pieces, _STARTS):
        bare = not _text(pieces, head).strip()  # a space of its own: what follows are the figures of a number
        heads += await _heads(raw, [*prompt, *head.tokens], head, pieces, _NUMBERS) if bare else [head]
    found: list[Candidate] = []
    for head in heads:
        grammar = grammar_for(pieces, head.ends)
        request = RawRequest([*prompt, *head.tokens], max_tokens=28, grammar=grammar, n_probs=1)
        rest = await raw.complete(request)
        if span := (_text(pieces, head) + rest.text).strip(_EDGE):
            spoken = rest.logprobs[:-1] if rest.text.endswith("\n") else rest.logprobs  # after it comes the forced end
            found.append(Candidate(span, head.logprob + sum(spoken)))
    return found


@dataclass(frozen=True, slots=True)
class _Head:
    """The first tokens of a span, and where in the text's pieces the last of them may stand."""

    tokens: tuple[int, ...]
    logprob: float
    ends: Sequence[int]


def _text(pieces: Sequence[Piece], head: _Head) -> str:
    last = head.ends[0] + 1
    return "".join(piece.text for piece in pieces[last - len(head.tokens) : last])


async def _heads(raw: RawCompletion, prompt: Sequence[int], head: _Head, pieces: Sequence[Piece], most: int) -> list[_Head]:
    """`head` with each of the likeliest tokens that follow it somewhere in the text, at most `most`."""
    # the grammar holds for the choice, not for the list: it shows what the model would say freely
    look = await raw.complete(RawRequest(prompt, max_tokens=1, n_probs=_N_PROBS))
    liked = sorted(look.first, key=lambda choice: -choice.logprob)
    following: dict[int, dict[tuple[int, ...], list[int]]] = {}
    for end in head.ends:
        if end + 1 < len(pieces):
            after = _after(pieces, end + 1)
            whole = tuple(piece.id for piece in pieces[end + 1 : after])
            following.setdefault(whole[0], {}).setdefault(whole, []).append(after - 1)
    return [
        _Head((*head.tokens, *whole), head.logprob + one.logprob, ends)
        for one in [choice for choice in liked if choice.id in following][:most]
        for whole, ends in following[one.id].items()
    ][:most]


def completed(span: str, sentence: str, question: str) -> str:
    """With what belongs to it: a unit's number, a bracket's end and, where a price is asked, a bare number's unit."""
    flat = " ".join(sentence.split())
    at = flat.find(span)
    if at < 0:
        return span
    while span.count("(") > span.count(")") and flat[at + len(span) :].startswith(")"):
        span += ")"
    if span[0].islower() and (number := _NUMBER_BEFORE.search(flat[:at])):
        return number[0] + span
    if _BARE_NUMBER.fullmatch(span) and _PRICE.search(question) and (unit := _UNIT_AFTER.match(flat[at + len(span) :])):
        return span + unit[0]
    return span


def span_prompt(prefix: str, text: str, question: str) -> str:
    """The whole raw prompt, up to where the answer begins."""
    return f"{prefix}Text: {' '.join(text.split())}\nQuestion: {' '.join(question.split())}\nAnswer:"


def grammar_for(pieces: Sequence[Piece], starts: Sequence[int]) -> str:
    """GBNF for what may follow the first token of a span that began at any of `starts`.

    Written in token ids, for text would force odd token splits; but for characters in several tokens, which llama.cpp takes
    as text alone. A span ends with a newline at the end of a word, or before the punctuation that clings to it, and has at
    most ten words.
    """
    rules: dict[int, str] = {}
    for start in starts:
        words = 1
        for at in range(start + 1, len(pieces) + 1):
            if at < len(pieces) and not pieces[at].text:
                continue
            if at < len(pieces) and _begins_word(pieces[at]):
                words += 1
            more = at < len(pieces) and words <= _MAX_WORDS
            options = [f"{_written(pieces, at)} p{_after(pieces, at)}"] if more else []
            if not more or _begins_word(pieces[at]) or not _WORD.match(pieces[at].text):
                options.append("end")
            rules[at] = " | ".join(options) if at not in rules or more else rules[at]
            if not more:
                break
    lines = [f"root ::= {' | '.join(f'p{start + 1}' for start in starts)}", 'end ::= "\\n"']
    return "\n".join(lines + [f"p{at} ::= {options}" for at, options in sorted(rules.items())])


async def no_answer_logprob(raw: RawCompletion, prefix: str, text: str, question: str) -> float:
    """Log-probability that a model tuned to say so says of `text` that it does not answer `question`."""
    return await likelihood(raw, span_prompt(prefix, text, question), await raw.tokenize(NO_ANSWER))


async def likelihood(raw: RawCompletion, prompt: str, wanted: Sequence[Piece]) -> float:
    """Log-probability of `wanted` after `prompt`: a grammar lets the model write nothing else; it is scored freely."""
    tokens = [piece.id for piece in await raw.tokenize(prompt)]
    done = await raw.complete(RawRequest(tokens, max_tokens=len(wanted), grammar=spelled(wanted), n_probs=1))
    return sum(done.logprobs)


def spelled(pieces: Sequence[Piece]) -> str:
    """GBNF by which nothing but these pieces can be written."""
    return f"root ::= {' '.join(_written(pieces, at) for at, piece in enumerate(pieces) if piece.text)}"


def _written(pieces: Sequence[Piece], at: int) -> str:
    """One token, or the characters that several make."""
    return f"<[{pieces[at].id}]>" if _after(pieces, at) == at + 1 else json.dumps(pieces[at].text, ensure_ascii=False)


def _after(pieces: Sequence[Piece], at: int) -> int:
    """Where the next piece with a text of its own stands."""
    return next((later for later in range(at + 1, len(pieces)) if pieces[later].text), len(pieces))


def _begins_word(piece: Piece) -> bool:
    return piece.text.startswith(" ")


def _word_starts(pieces: Sequence[Piece]) -> list[int]:
    return [
        at for at, piece in enumerate(pieces) if _begins_word(piece) and (_WORD.search(piece.text) or at + 1 < len(pieces))
    ]
