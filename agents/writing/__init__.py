"""How answers are written: prose, quotation, and (in `span`) what only span-writing models need."""

from .marks import defuse_marks, number_marks, render_quotations, split_marks, strip_marks
from .method import Method, choose_method, writing_style
from .prose import EARLIER, Prose, as_sent, load_prose_prompt, plain_messages, prose_messages, rewrite_messages, write_prose
from .quotation import excerpt, quotable, with_antecedents
from .rendering import render_evidence, render_passage

__all__ = [
    "EARLIER",
    "Method",
    "Prose",
    "as_sent",
    "choose_method",
    "defuse_marks",
    "excerpt",
    "load_prose_prompt",
    "number_marks",
    "plain_messages",
    "prose_messages",
    "quotable",
    "render_evidence",
    "render_passage",
    "render_quotations",
    "rewrite_messages",
    "split_marks",
    "strip_marks",
    "with_antecedents",
    "write_prose",
    "writing_style",
]
