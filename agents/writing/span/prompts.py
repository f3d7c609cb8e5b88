"""The raw prompts of span writing: a text and a question, after which comes the answer; or with both the other way round."""

from __future__ import annotations

from pathlib import Path

from ....backends import Backend
from ....retrieval import Retrieved
from ...prompts import load_prompt
from ..marks import defuse_marks
from ..quotation import in_document_order, quotable

NO_ANSWER = " none\n"  # what a tuned model writes of a text that does not answer


def span_prompt(prefix: str, text: str, question: str) -> str:
    """The prompt up to where the answer begins. `prefix` is its fixed part, kept in the server's cache."""
    return f"{prefix}Text: {' '.join(text.split())}\nQuestion: {' '.join(question.split())}\nAnswer:"


def inverse_prompt(prefix: str, text: str, answer: str) -> str:
    """The prompt after which the question comes. It begins as `span_prompt` does, so that the text is read once."""
    return f"{prefix}Text: {' '.join(text.split())}\nAnswer: {answer}\nQuestion:"


def span_contexts(retrieved: Retrieved, *, tuned: bool) -> list[str]:
    """The texts a span is looked for in: the best two sentences in their order, and the best one alone.

    A tuned model finds its way in longer text: instead of that sentence it is shown the whole passage, and that last,
    for the inverse prompt begins with the same text.
    """
    sentences = quotable(retrieved) or retrieved.sentences
    best = sentences[0]
    pair = in_document_order(sentences[:2])
    joined = [" ".join(sentence.text for sentence in pair)] if len(pair) > 1 else []
    return [*joined, best.passage.text] if tuned else [best.text, *joined]


def prompt_name(backend: Backend) -> str:
    """Of the fixed part of its prompts: with worked examples, or for a tuned model without."""
    return "span" if backend.adapter is None else "tuned"


def load_span_prompt(context: str, question: str, prompts: Path | None) -> str:
    """The prompt by which an untuned model is asked about one context. `prompts` is the folder of a person's own."""
    return span_prompt(load_prompt("span", prompts), defuse_marks(context), question)


def load_tuned_prompt(context: str, question: str, prompts: Path | None) -> str:
    """The same for a tuned model, without worked examples: what it is trained on is what it will be asked."""
    return span_prompt(load_prompt("tuned", prompts), defuse_marks(context), question)


def load_inverse_prompt(context: str, answer: str, prompts: Path | None) -> str:
    """The prompt after which a tuned model asks for `answer`."""
    return inverse_prompt(load_prompt("tuned", prompts), defuse_marks(context), answer)
