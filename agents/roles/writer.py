"""The writer, in two styles: a span copied from the text with its sentence quoted, or prose with marks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from autogen_core import CancellationToken
from autogen_core.models import AssistantMessage, CreateResult, LLMMessage, SystemMessage, UserMessage

from ...backends import RawCompletion, ResultWithNotices
from ...conversations import ChatMessage, RawPrompt
from ...retrieval import Retrieved, Sentence
from ...text import one_line
from ..answers import defused, quoted
from ..asking.questions import wants_long
from ..events import AgentStarted, DraftDropped, Token, Warned
from ..judging import answerable as critic
from ..judging.thresholds import answer_threshold, learned_by
from ..prompts import loader as prompt_files
from ..turn import Turn, Workshop
from ..writing.quotation import excerpt, in_order, led_in
from ..writing.span import candidates as span
from ..writing.span.noisy_channel import inverse_prompt, rescore_by_question
from ..writing.span.ranking import TUNED, UNTUNED, Candidate, Ranked, rank

_SURE = 0.8  # share of a sentence among the candidates, below which it does not stand alone
_CLOSE = 0.86  # of the best sentence's score, above which the second is quoted too
_TURNS = 3  # of the conversation, that a prose model sees again


async def write(shop: Workshop, turn: Turn, stop: CancellationToken) -> str:
    """Leave a draft in `turn`; nothing where the documents do not answer (the critic says so)."""
    points = shop.style == "span" and not wants_long(turn.question)
    threshold = answer_threshold(shop.backend, shop.settings)
    if not turn.brought().sentences or turn.answerable < (min(critic.MIN_ANSWERABLE, threshold) if points else threshold):
        return "nothing to write from"
    again = turn.verdict == "rewrite"
    turn.emit(AgentStarted("writer", "writing again" if again else "writing"))
    if shop.style == "prose":
        await _prose(shop, turn, stop, again=again)
    elif points:
        await _span(shop, turn)
    else:
        chosen = await asyncio.to_thread(excerpt, turn.question, turn.brought(), shop.library)
        turn.quoted = led_in(chosen, turn.brought())
        _show(turn)
    return turn.draft or turn.short or "a quotation"


async def _span(shop: Workshop, turn: Turn) -> None:
    raw = shop.backend.raw
    assert raw is not None  # the style says so
    await shop.backend.start()  # a newly promoted adapter goes to work here, and decides the form of the prompt
    found, prefix = turn.brought(), shop.span_prompt
    tuned = shop.backend.adapter is not None
    contexts = contexts_of(found, tuned=tuned)
    by_context = [await _asked(raw, turn, prefix, context) for context in contexts]
    nothing = None
    if learned_by(shop.backend).declines:  # asked of the text that was read last
        nothing = await span.no_answer_logprob(raw, prefix, defused(contexts[-1]), turn.query)
    sentences = [(one.text, one.score) for one in found.sentences]
    ranked = await asyncio.to_thread(rank, by_context, turn.query, sentences, shop.library, TUNED if tuned else UNTUNED)
    if ranked:
        ranked = await _looked_over(shop, turn, ranked, found)
    turn.candidates = ranked
    turn.tokens += sum(len(candidates) for candidates in by_context)
    if ranked:
        turn.answerable = critic.confirmed(turn.answerable, ranked[0].logprob, nothing)
    chosen = _quotations(found, ranked)
    if turn.answerable >= answer_threshold(shop.backend, shop.settings):
        turn.short = span.completed(ranked[0].text, chosen[0].text, turn.query) if ranked else ""
        turn.quoted = led_in(chosen, found)
        _show(turn)


async def _asked(raw: RawCompletion, turn: Turn, prefix: str, context: str) -> Sequence[Candidate]:
    candidates = await span.candidates(raw, prefix, defused(context), turn.query)
    prompt = span.span_prompt(prefix, defused(context), turn.query)
    turn.prompts.append(RawPrompt(prompt, tuple(candidate.text for candidate in candidates), defused(context)))
    turn.token_came()
    return candidates


async def _looked_over(shop: Workshop, turn: Turn, ranked: Sequence[Ranked], found: Retrieved) -> Sequence[Ranked]:
    """The same by what else was learnt with the adapter at work: to ask for an answer."""
    passages = [" ".join(defused(one.passage.text).split()) for one in found.sentences]
    if learned_by(shop.backend).asks and (raw := shop.backend.raw) is not None:
        ranked = await rescore_by_question(raw, shop.span_prompt, turn.query, ranked, passages)
    return ranked


def _quotations(found: Retrieved, ranked: Sequence[Ranked]) -> list[Sentence]:
    """The short answer's sentence; where that is in doubt, the best other one too."""
    chosen = ranked[0].sentence if ranked else 0
    sentences = found.sentences
    if len(sentences) == 1:
        return [sentences[chosen]]
    share = sum(one.share for one in ranked if one.sentence == chosen)
    doubt = share < _SURE or sentences[1].score > _CLOSE * sentences[0].score
    return [sentences[chosen], sentences[0 if chosen else 1]] if doubt else [sentences[chosen]]


def contexts_of(found: Retrieved, *, tuned: bool) -> list[str]:
    """The texts a span is looked for in: the best two sentences in their order, and the best one alone.

    A tuned model finds its way in longer text: instead of that sentence it is shown the whole passage, and that last,
    for asking back begins with the same text.
    """
    best = found.sentences[0]
    two = [" ".join(one.text for one in in_order(found.sentences[:2]))] if len(found.sentences) > 1 else []
    return [*two, best.passage.text] if tuned else [best.text, *two]


def load_span_prompt(context: str, question: str, prompts: Path | None) -> str:
    """The raw prompt by which an untuned model is asked about one context. `prompts` is the folder of a person's own."""
    return span.span_prompt(prompt_files.load("span", prompts), defused(context), question)


def load_tuned_prompt(context: str, question: str, prompts: Path | None) -> str:
    """The same for a tuned model, without worked examples: what it is trained on is what it will be asked."""
    return span.span_prompt(prompt_files.load("tuned", prompts), defused(context), question)


def load_inverse_prompt(context: str, answer: str, prompts: Path | None) -> str:
    """The raw prompt after which a tuned model asks for `answer`."""
    return inverse_prompt(prompt_files.load("tuned", prompts), defused(context), answer)


def _show(turn: Turn) -> None:
    turn.token_came()
    turn.emit(Token(quoted(turn.short, turn.quoted)[0]))


async def _prose(shop: Workshop, turn: Turn, stop: CancellationToken, *, again: bool) -> None:
    messages = _messages(shop, turn)
    if again:
        messages += [AssistantMessage(content=turn.draft, source="writer")]
        messages += [UserMessage(content=shop.prompt("rewrite"), source="critic")]
        turn.emit(DraftDropped("the draft was not supported by the documents"))
        turn.rewritten = True
    turn.prompts = [ChatMessage(_role(message), str(message.content)) for message in messages]
    turn.draft = ""
    settings = shop.settings.agents
    extra = {"temperature": settings.temperature, "max_tokens": settings.max_tokens}
    if shop.seed is not None:
        extra["seed"] = shop.seed
    await shop.backend.start()  # settles the model, and puts a newly promoted adapter to work
    stream = shop.backend.client.create_stream(messages, extra_create_args=extra, cancellation_token=stop)
    async for piece in stream:
        if isinstance(piece, CreateResult):
            turn.tokens += piece.usage.completion_tokens
            turn.draft = piece.content if isinstance(piece.content, str) else turn.draft
            for notice in piece.notices if isinstance(piece, ResultWithNotices) else ():
                turn.emit(Warned(notice))
        else:
            turn.token_came()
            turn.draft += piece
            turn.emit(Token(piece))


def _messages(shop: Workshop, turn: Turn) -> list[LLMMessage]:
    """System prompt, the last turns, then the passages and the question: what changes comes last, for the cache."""
    messages: list[LLMMessage] = [SystemMessage(content=shop.prompt("prose"))]
    for question, answer in turn.history[-_TURNS:]:
        messages += [_user(question), AssistantMessage(content=answer, source="writer")]
    passages = "\n\n".join(
        f"[{n}] {json.dumps(one_line(one.source))}\n{defused(one.text)}"
        for n, one in enumerate(turn.brought().passages, start=1)
    )
    messages.append(_user(f"Passages:\n\n{passages}\n\nQuestion: {turn.question}"))
    return messages


def _user(text: str) -> UserMessage:
    return UserMessage(content=text, source="user")


def _role(message: LLMMessage) -> Literal["system", "user", "assistant"]:
    match message:
        case SystemMessage():
            return "system"
        case AssistantMessage():
            return "assistant"
        case _:
            return "user"
