"""Examples as tokens: the prompt as it will be asked, and which tokens are the answer's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .corrections import Example


@dataclass(frozen=True, slots=True)
class Row:
    """One example. The last `answer` of the `ids` are the answer's tokens."""

    ids: Sequence[int]
    answer: int


def rows(examples: Sequence[Example], tokenizer: Any, *, end: bool = True) -> list[Row]:
    """Each example's tokens; `end` adds the token that ends an answer."""
    return [_row(one, tokenizer, end) for one in examples]


def cut(found: Sequence[Row], longest: int) -> tuple[list[Row], int]:
    """The rows at most `longest` tokens long, cut at the front, where the prompt is; and how many were."""
    short = [Row(one.ids[-longest:], min(one.answer, longest - 1)) for one in found]
    return short, sum(len(one.ids) > longest for one in found)


def asked(one: Example, tokenizer: Any) -> str:
    """The whole prompt as raw text."""
    if isinstance(one.prompt, str):
        return one.prompt
    said = [dict(message) for message in one.prompt]
    return str(tokenizer.apply_chat_template(said, tokenize=False, add_generation_prompt=True))


def _row(one: Example, tokenizer: Any, end: bool) -> Row:
    if isinstance(one.prompt, str):  # no beginning-of-text token: the writer sends none
        prompt = list(tokenizer(one.prompt, add_special_tokens=False).input_ids)
        whole = list(tokenizer(one.prompt + one.completion, add_special_tokens=False).input_ids)
        whole += [tokenizer.eos_token_id] if end else []
    else:
        said = [dict(message) for message in one.prompt]
        prompt = _chat(tokenizer, said, ask=True)
        whole = _chat(tokenizer, [*said, {"role": "assistant", "content": one.completion}], ask=False)
    same = next((at for at, (a, b) in enumerate(zip(prompt, whole, strict=False)) if a != b), min(len(prompt), len(whole)))
    return Row(whole, len(whole) - same)


def _chat(tokenizer: Any, messages: Sequence[dict[str, str]], *, ask: bool) -> list[int]:
    text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=ask)
    return list(tokenizer(text, add_special_tokens=False).input_ids)
