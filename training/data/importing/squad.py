"""SQuAD 1.1 and 2.0: JSON of articles, their paragraphs, and each paragraph's questions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

from .entries import BadEntry, Entry, read_entry


def read_squad(articles: Sequence[Any]) -> Iterator[Entry | BadEntry]:
    """Each question, numbered from 1 through all of the file."""
    numbers = count(1)
    for article in articles:
        paragraphs = article.get("paragraphs") if isinstance(article, dict) else None
        if not isinstance(paragraphs, list):
            yield BadEntry(next(numbers), "an article without paragraphs")
            continue
        for paragraph in paragraphs:
            questions = paragraph.get("qas") if isinstance(paragraph, dict) else None
            for question in questions if isinstance(questions, list) else [None]:
                yield _read_question(next(numbers), paragraph, question)


def _read_question(number: int, paragraph: Any, question: Any) -> Entry | BadEntry:
    try:
        if question.get("is_impossible"):
            return BadEntry(number, "its paragraph does not answer it")
        return read_entry(number, question["question"], question["answers"][0]["text"], paragraph["context"])
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        return BadEntry(number, f"it is no SQuAD question ({error!r})")
