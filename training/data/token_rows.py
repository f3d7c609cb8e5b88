"""Examples as tokens: the prompt as it will be sent, and which tokens are the answer's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .examples import Example


@dataclass(frozen=True, slots=True)
class TokenRow:
    """One example. The last `answer` of the `ids` are the answer's tokens."""

    ids: Sequence[int]
    answer: int


def token_rows(examples: Sequence[Example], tokenizer: Any, *, end: bool = True) -> list[TokenRow]:
    """Each example's tokens; `end` adds the token that ends an answer."""
    return [_token_row(example, tokenizer, end) for example in examples]


def cut_rows(rows: Sequence[TokenRow], longest: int) -> tuple[list[TokenRow], int]:
    """The rows at most `longest` tokens long, cut at the front, where the prompt is; and how many were."""
    short = [TokenRow(row.ids[-longest:], min(row.answer, longest - 1)) for row in rows]
    return short, sum(len(row.ids) > longest for row in rows)


def prompt_text(example: Example, tokenizer: Any) -> str:
    """The prompt as raw text, messages through the model's chat template."""
    if isinstance(example.prompt, str):
        return example.prompt
    return _filled_template(tokenizer, example.prompt, generate=True)


def _token_row(example: Example, tokenizer: Any, end: bool) -> TokenRow:
    if isinstance(example.prompt, str):  # no beginning-of-text token: the writer sends none
        prompt = _ids(tokenizer, example.prompt)
        complete = _ids(tokenizer, example.prompt + example.completion)
        complete += [tokenizer.eos_token_id] if end else []
    else:
        prompt = _chat_ids(tokenizer, example.prompt, generate=True)
        answer = {"role": "assistant", "content": example.completion}
        complete = _chat_ids(tokenizer, [*example.prompt, answer], generate=False)
    shortest = min(len(prompt), len(complete))
    common = next((at for at in range(shortest) if prompt[at] != complete[at]), shortest)
    return TokenRow(complete, len(complete) - common)


def _chat_ids(tokenizer: Any, messages: Sequence[Mapping[str, str]], *, generate: bool) -> list[int]:
    return _ids(tokenizer, _filled_template(tokenizer, messages, generate=generate))


def _filled_template(tokenizer: Any, messages: Sequence[Mapping[str, str]], *, generate: bool) -> str:
    """Where a template refuses system messages (Gemma's), theirs begins the first question, as llama.cpp has it."""
    from jinja2 import TemplateError

    plain = [dict(message) for message in messages]
    try:
        return str(tokenizer.apply_chat_template(plain, tokenize=False, add_generation_prompt=generate))
    except TemplateError:
        if len(plain) < 2 or plain[0]["role"] != "system":
            raise
        first = {**plain[1], "content": f"{plain[0]['content']}\n\n{plain[1]['content']}"}
        return str(tokenizer.apply_chat_template([first, *plain[2:]], tokenize=False, add_generation_prompt=generate))


def _ids(tokenizer: Any, text: str) -> list[int]:
    return list(tokenizer(text, add_special_tokens=False).input_ids)
