"""How answers are written: prose, quotation, and (in `span`) what only span-writing models need."""

from .abstaining import ABSTAINED, abstention
from .drafting import Listener, Prose
from .instructions import add_instructions
from .marking import MarkedDraft, mark_statements
from .marks import defuse_marks, flatten, render_quotations, render_remembered, split_marks, strip_marks
from .method import Method, choose_method, writing_style
from .prose import (
    EARLIER,
    PromptPassage,
    as_sent,
    last_words,
    load_prose_prompt,
    opening_messages,
    plain_messages,
    prose_messages,
    prose_system,
    write_prose,
)
from .quotation import excerpt, quotable, with_antecedents
from .rendering import render_evidence, render_passage
from .request_notes import language_note
from .statements import Attributed, Statement, split_statements
from .thinking import split_thought
from .tidying import tidy

__all__ = [
    "ABSTAINED",
    "EARLIER",
    "Attributed",
    "Listener",
    "MarkedDraft",
    "Method",
    "PromptPassage",
    "Prose",
    "Statement",
    "abstention",
    "add_instructions",
    "as_sent",
    "choose_method",
    "defuse_marks",
    "excerpt",
    "flatten",
    "language_note",
    "last_words",
    "load_prose_prompt",
    "mark_statements",
    "opening_messages",
    "plain_messages",
    "prose_messages",
    "prose_system",
    "quotable",
    "render_evidence",
    "render_passage",
    "render_quotations",
    "render_remembered",
    "split_marks",
    "split_statements",
    "split_thought",
    "strip_marks",
    "tidy",
    "with_antecedents",
    "write_prose",
    "writing_style",
]
