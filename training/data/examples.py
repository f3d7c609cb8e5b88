"""Training examples: the very prompts that the tuned writer sends, each with the answer it should get.

The form is TRL's prompt-completion form (raw text for the span style, messages for prose).
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...agents import NO_ANSWER, load_inverse_prompt, load_prose_prompt, load_tuned_prompt
from .corrections import Correction
from .spaces import single_spaced
from .windows import window

_ASKS = "\nQuestion:"
_WINDOW = 450  # characters
_DECLINING_FROM = 100  # corrections, below which "none" is not learnt: a model's word is taken from 200 on, its folds' too


@dataclass(frozen=True, slots=True)
class Example:
    """One prompt (raw text, or messages) and the answer it should get."""

    prompt: str | Sequence[Mapping[str, str]]
    completion: str
    group: str
    event_id: str

    @property
    def asks(self) -> bool:
        """Whether it teaches to ask for an answer."""
        return isinstance(self.prompt, str) and self.prompt.endswith(_ASKS)

    @property
    def declines(self) -> bool:
        """Whether it teaches to say that a text does not answer."""
        return isinstance(self.prompt, str) and self.completion == NO_ANSWER


def build_examples(
    corrections: Sequence[Correction], prompts: Path | None, seed: int = 0, *, answers_only: bool = False
) -> list[Example]:
    """Training examples, in a seeded order.

    A span is learnt from each length of text that it will be asked of, and from another taken by chance; and the question is
    learnt from the answer, so that the model can say which answer the question would be asked about. Of a passage that was
    shown and does not hold the answer, the model learns to say so. With `answers_only`, there are only the texts that will
    be asked of.
    """
    examples: list[Example] = []
    chance = random.Random(seed)
    declining = len(corrections) >= _DECLINING_FROM
    for correction in corrections:
        if correction.style == "prose":
            examples.append(_example(correction, _messages(correction, prompts), correction.prose or correction.answer))
            continue
        contexts = _texts_asked_of(correction)
        if not answers_only:
            longest = contexts[-1]
            examples.append(_asking(correction, longest, prompts))
            contexts = list(dict.fromkeys([*contexts, _window_of(longest, correction.answer, chance)]))
            if declining and (other := _text_without_answer(correction)) is not None:
                examples.append(_example(correction, load_tuned_prompt(other, correction.question, prompts), NO_ANSWER))
        for context in contexts:
            prompt = load_tuned_prompt(context, correction.question, prompts)
            examples.append(_example(correction, prompt, f" {correction.answer}\n"))
    chance.shuffle(examples)
    return examples


def _messages(correction: Correction, prompts: Path | None) -> Sequence[Mapping[str, str]]:
    """As they were sent or, where the critic refused before the model was asked, as they would have been."""
    if correction.messages:
        return correction.messages
    messages = load_prose_prompt(correction.typed, correction.shown, prompts)
    return [{"role": message.role, "content": message.content} for message in messages]


def _example(correction: Correction, prompt: str | Sequence[Mapping[str, str]], completion: str) -> Example:
    return Example(prompt, completion, correction.group, correction.event_id)


def _asking(correction: Correction, text: str, prompts: Path | None) -> Example:
    prompt = load_inverse_prompt(text, correction.answer, prompts)
    return _example(correction, prompt, f" {correction.question}\n")


def _texts_asked_of(correction: Correction) -> list[str]:
    """The longest of the writer's contexts that holds the answer, and the first passage that does, last."""
    passages = [text for text in map(single_spaced, correction.passages) if correction.answer in text][:1]
    contexts = [text for text in correction.contexts if correction.answer in text and text not in passages]
    return [*sorted(contexts, key=len)[-1:], *passages]


def _window_of(text: str, answer: str, chance: random.Random) -> str:
    start = text.index(answer)
    first, last = window(text, start, start + len(answer), _WINDOW, chance)
    return text[first:last]


def _text_without_answer(correction: Correction) -> str | None:
    """The best of the passages shown in which the answer does not stand, in small letters or capitals."""
    answer = correction.answer.lower()
    return next((text for text in map(single_spaced, correction.passages) if answer not in text.lower()), None)
