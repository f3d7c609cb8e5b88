"""Candidates for a short answer, copied from the text, as many as a tiny model likes.

A model of some hundred million parameters cannot be asked to chat about a passage, but it can point into one. It is asked by
raw completion after worked examples; a grammar lets it write nothing but a run of the text's own words; its likeliest first
words each start one candidate, decoded greedily. `ranking` chooses among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ....backends import Piece, RawCompletion, RawRequest
from .grammar import literal_grammar, next_piece, span_grammar, word_starts
from .prompts import NO_ANSWER, span_prompt

_STARTS = 6  # first words tried in each context
_NUMBERS = 3  # numbers tried among them, where the model spells figures one by one
_N_PROBS = 60  # first tokens listed, among which the text's words are looked for
_MAX_TOKENS = 28
_EDGE = " \t\n.,;:!?\"'“”‘’()[]{}«»–—-\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One run of the text's words. `logprob` is the summed log-probability of its tokens, with the newline that ends it."""

    text: str
    logprob: float


@dataclass(frozen=True, slots=True)
class _Head:
    """The first tokens of a span, and where in the text's pieces the last of them may stand."""

    tokens: tuple[int, ...]
    logprob: float
    ends: Sequence[int]


async def propose_candidates(raw: RawCompletion, prefix: str, text: str, question: str) -> list[Candidate]:
    """The spans of `text` that the model likes best as answers to `question`, in the order of their first words.

    `prefix` is the fixed part of the prompt, kept in the server's cache.
    """
    text = " ".join(text.split())
    pieces = await raw.tokenize(f" {text}")
    prompt = [piece.id for piece in await raw.tokenize(span_prompt(prefix, text, question))]
    nothing = _Head((), 0.0, [start - 1 for start in word_starts(pieces)])
    heads: list[_Head] = []
    for head in await _extend(raw, prompt, nothing, pieces, _STARTS):
        bare = not _text(pieces, head).strip()  # a space of its own: what follows are the figures of a number
        heads += await _extend(raw, [*prompt, *head.tokens], head, pieces, _NUMBERS) if bare else [head]
    candidates: list[Candidate] = []
    for head in heads:
        grammar = span_grammar(pieces, head.ends)
        request = RawRequest([*prompt, *head.tokens], max_tokens=_MAX_TOKENS, grammar=grammar, n_probs=1)
        rest = await raw.complete(request)
        if span := (_text(pieces, head) + rest.text).strip(_EDGE):
            free = rest.logprobs[:-1] if rest.text.endswith("\n") else rest.logprobs  # after it comes the forced end
            candidates.append(Candidate(span, head.logprob + sum(free)))
    return candidates


async def no_answer_logprob(raw: RawCompletion, prefix: str, text: str, question: str) -> float:
    """Log-probability that a model tuned to say so says of `text` that it does not answer `question`."""
    return await forced_logprob(raw, span_prompt(prefix, text, question), await raw.tokenize(NO_ANSWER))


async def forced_logprob(raw: RawCompletion, prompt: str, pieces: Sequence[Piece]) -> float:
    """Log-probability of `pieces` after `prompt`: a grammar lets the model write nothing else; it is scored freely."""
    tokens = [piece.id for piece in await raw.tokenize(prompt)]
    request = RawRequest(tokens, max_tokens=len(pieces), grammar=literal_grammar(pieces), n_probs=1)
    return sum((await raw.complete(request)).logprobs)


def _text(pieces: Sequence[Piece], head: _Head) -> str:
    last = head.ends[0] + 1
    return "".join(piece.text for piece in pieces[last - len(head.tokens) : last])


async def _extend(raw: RawCompletion, prompt: Sequence[int], head: _Head, pieces: Sequence[Piece], most: int) -> list[_Head]:
    """`head` with each of the likeliest tokens that follow it somewhere in the text, at most `most`."""
    # the grammar holds for the choice, not for the list: it shows what the model would say freely
    completion = await raw.complete(RawRequest(prompt, max_tokens=1, n_probs=_N_PROBS))
    likeliest = sorted(completion.first, key=lambda choice: -choice.logprob)
    following: dict[int, dict[tuple[int, ...], list[int]]] = {}  # by first token, by all tokens of the character: their ends
    for end in head.ends:
        if end + 1 < len(pieces):
            after = next_piece(pieces, end + 1)
            tokens = tuple(piece.id for piece in pieces[end + 1 : after])
            following.setdefault(tokens[0], {}).setdefault(tokens, []).append(after - 1)
    choices = [choice for choice in likeliest if choice.id in following][:most]
    return [
        _Head((*head.tokens, *tokens), head.logprob + choice.logprob, ends)
        for choice in choices
        for tokens, ends in following[choice.id].items()
    ][:most]
