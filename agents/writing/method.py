"""How an answer to a question is written, given who writes it."""

from __future__ import annotations

from typing import Literal

from ...backends import Backend
from ...conversations import Style
from ..asking import asks_definition, asks_whether, wants_long

Method = Literal["prose", "span", "quotation"]  # span: a short answer copied from the text; quotation: its sentences alone


def writing_style(backend: Backend) -> Style:
    """Span writing needs raw completion; where a server has none, the model is asked to chat."""
    return "span" if backend.style == "span" and backend.raw is not None else "prose"


def choose_method(question: str, backend: Backend) -> Method:
    """A span-writing model is not asked where a phrase cannot answer: the documents are quoted instead."""
    if writing_style(backend) == "prose":
        return "prose"
    quoted = wants_long(question) or asks_definition(question) or asks_whether(question)
    return "quotation" if quoted else "span"
