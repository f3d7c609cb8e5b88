"""The span writer: a short answer copied from the text, chosen among several that a tiny model likes.

A model of some hundred million parameters cannot be asked to chat about a passage, but it can point into one. It is asked by
raw completion after worked examples; a grammar lets it write nothing but a run of the text's own words; its likeliest first
words each start one candidate, decoded greedily; then candidates are ranked by more than the model's liking: their
words should not repeat the question, and should stand near the question's words in the text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..backends import Piece, RawCompletion, RawRequest

_MAX_WORDS = 10
_STARTS = 6  # first words tried in each context
_NUMBERS = 3  # numbers tried among them, where the model spells figures one by one
_N_PROBS = 60  # first tokens listed, among which the text's words are looked for
_MISSING = -9.0  # log-probability of a candidate that a context did not bring forth
_REACH = 8.0  # words; how fast nearness fades
_WORD = re.compile(r"\w+", re.UNICODE)
_EDGE = " \t\n.,;:!?\"'“”‘’()[]{}«»–—-"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One run of the text's words. `logprob` is the summed log-probability of its tokens, with the newline that ends it."""

    text: str
    logprob: float


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with the parts of its score; `sentence` is the index of the sentence it was found in."""

    text: str
    score: float
    logprob: float  # mean over the contexts
    overlap: float  # share of its words that stand in the question
    nearness: float  # of the question's words, weighted by rarity, 0 to 1
    sentence: int
    sentence_score: float


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part counts; measured in `docs/evaluation.md`."""

    logprob: float = 1.0
    overlap: float = -4.0
    nearness: float = 6.0
    sentence: float = 3.0


async def candidates(raw: RawCompletion, prefix: str, text: str, question: str) -> Sequence[Candidate]:
    """The spans of `text` that the model likes best as answers to `question`, in the order of their first words.

    `prefix` is the fixed part of the prompt, kept in the server's cache.
    """
    shown = " ".join(text.split())
    pieces = await raw.tokenize(f" {shown}")
    prompt = [piece.id for piece in await raw.tokenize(prompt_for(prefix, shown, question))]
    starts = _word_starts(pieces)
    heads: list[_Head] = []
    for head in await _heads(raw, prompt, _Head((), 0.0, [start - 1 for start in starts]), pieces, _STARTS):
        bare = not pieces[head.ends[0]].text.strip()  # a space of its own: what follows are the figures of a number
        heads += await _heads(raw, [*prompt, *head.tokens], head, pieces, _NUMBERS) if bare else [head]
    found: list[Candidate] = []
    for head in heads:
        grammar = grammar_for(pieces, head.ends)
        request = RawRequest([*prompt, *head.tokens], max_tokens=28, grammar=grammar, n_probs=1)
        rest = await raw.complete(request)
        begun = "".join(pieces[head.ends[0] - back].text for back in range(len(head.tokens) - 1, -1, -1))
        if span := (begun + rest.text).strip(_EDGE):
            spoken = rest.logprobs[:-1] if rest.text.endswith("\n") else rest.logprobs  # after it comes the forced end
            found.append(Candidate(span, head.logprob + sum(spoken)))
    return found


@dataclass(frozen=True, slots=True)
class _Head:
    """The first tokens of a span, and where in the text's pieces they may end."""

    tokens: tuple[int, ...]
    logprob: float
    ends: Sequence[int]


async def _heads(raw: RawCompletion, prompt: Sequence[int], head: _Head, pieces: Sequence[Piece], most: int) -> list[_Head]:
    """`head` with each of the likeliest tokens that follow it somewhere in the text, at most `most`."""
    # the grammar holds for the choice, not for the list: it shows what the model would say freely
    look = await raw.complete(RawRequest(prompt, max_tokens=1, n_probs=_N_PROBS))
    liked = sorted(look.first, key=lambda choice: -choice.logprob)
    following: dict[int, list[int]] = {}
    for end in head.ends:
        if end + 1 < len(pieces):
            following.setdefault(pieces[end + 1].id, []).append(end + 1)
    chosen = [choice for choice in liked if choice.id in following][:most]
    return [_Head((*head.tokens, one.id), head.logprob + one.logprob, following[one.id]) for one in chosen]


def prompt_for(prefix: str, text: str, question: str) -> str:
    """The whole raw prompt, up to where the answer begins."""
    return f"{prefix}Text: {text}\nQuestion: {' '.join(question.split())}\nAnswer:"


def grammar_for(pieces: Sequence[Piece], starts: Sequence[int]) -> str:
    """GBNF for what may follow the first token of a span that began at any of `starts`.

    Written in token ids, for text would force odd token splits. A span ends with a newline at the end of a word, or before
    the punctuation that clings to it, and runs over at most ten words.
    """
    rules: dict[int, str] = {}
    for start in starts:
        words = 1
        for at in range(start + 1, len(pieces) + 1):
            if at < len(pieces) and _begins_word(pieces[at]):
                words += 1
            more = at < len(pieces) and words <= _MAX_WORDS
            options = [f"<[{pieces[at].id}]> p{at + 1}"] if more else []
            if not more or _begins_word(pieces[at]) or not _WORD.match(pieces[at].text):
                options.append("end")
            rules[at] = " | ".join(options) if at not in rules or more else rules[at]
            if not more:
                break
    lines = [f"root ::= {' | '.join(f'p{start + 1}' for start in starts)}", 'end ::= "\\n"']
    return "\n".join(lines + [f"p{at} ::= {options}" for at, options in sorted(rules.items())])


def rank(
    by_context: Sequence[Sequence[Candidate]],
    question: str,
    sentences: Sequence[tuple[str, float]],
    idf: Callable[[str], float],
    weights: Weights = Weights(),
) -> Sequence[Ranked]:
    """Candidates of all contexts, best first. `sentences` are (text, score), best first; a span is found in one of them."""
    liking: dict[str, list[float]] = {}
    spelled: dict[str, str] = {}
    for index, found in enumerate(by_context):
        for candidate in found:
            key = " ".join(words(candidate.text))
            if key:
                spelled.setdefault(key, candidate.text)
                logprobs = liking.setdefault(key, [_MISSING] * len(by_context))
                logprobs[index] = max(logprobs[index], candidate.logprob)
    asked = words(question)
    ranked = [
        _ranked(spelled[key], sum(logprobs) / len(logprobs), asked, sentences, idf, weights)
        for key, logprobs in liking.items()
    ]
    return sorted(ranked, key=lambda one: -one.score)


def words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _ranked(
    text: str,
    logprob: float,
    asked: Sequence[str],
    sentences: Sequence[tuple[str, float]],
    idf: Callable[[str], float],
    weights: Weights,
) -> Ranked:
    own = words(text)
    overlap = sum(word in set(asked) for word in own) / len(own)
    sentence = next((at for at, (said, _) in enumerate(sentences) if _places(words(said), own)), 0)
    said, score = sentences[sentence]
    near = _nearness(words(said), own, asked, idf)
    total = weights.logprob * logprob + weights.overlap * overlap + weights.nearness * near + weights.sentence * score
    return Ranked(text, total, logprob, overlap, near, sentence, score)


def _nearness(said: Sequence[str], own: Sequence[str], asked: Sequence[str], idf: Callable[[str], float]) -> float:
    """How near the question's words stand to the span, each weighted by its rarity: e^(-distance / 8), 0 where absent."""
    rarity: Mapping[str, float] = {word: idf(word) for word in set(asked) if word not in set(own)}
    total = sum(rarity.values())
    best = 0.0
    for place in _places(said, own):
        near = dict.fromkeys(rarity, 0.0)
        for at, word in enumerate(said):
            if word in near and not place <= at < place + len(own):
                distance = place - at if at < place else at - (place + len(own) - 1)
                near[word] = max(near[word], math.exp(-distance / _REACH))
        best = max(best, sum(rarity[word] * value for word, value in near.items()) / total if total else 0.0)
    return best


def _places(said: Sequence[str], own: Sequence[str]) -> list[int]:
    return [at for at in range(len(said) - len(own) + 1) if list(said[at : at + len(own)]) == list(own)]


def _begins_word(piece: Piece) -> bool:
    return piece.text.startswith(" ")


def _word_starts(pieces: Sequence[Piece]) -> list[int]:
    return [
        at for at, piece in enumerate(pieces) if _begins_word(piece) and (_WORD.search(piece.text) or at + 1 < len(pieces))
    ]
