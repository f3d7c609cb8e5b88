"""What a question asks for, and what a follow-up leaves out."""

from .comparisons import compared
from .counter_questions import completed
from .courtesies import Courtesy, Occasion, find_courtesy
from .extent import Extent, wanted_extent
from .follow_ups import lacks_subject, leans_back, with_history
from .kinds import kinds_agree, question_kind, says_kind
from .languages import asked_in, wished_language
from .questions import (
    asking_sentences,
    asks_definition,
    asks_whether,
    asks_why,
    subject,
    wanted_form,
    wants_long,
    wants_overview,
)
from .rewriting import LONGEST_REWRITE, needs_rewriting, rewriting_turns, rewritten
from .short_answers import fact_kind, wants_short

__all__ = [
    "LONGEST_REWRITE",
    "Courtesy",
    "Extent",
    "Occasion",
    "asked_in",
    "asking_sentences",
    "asks_definition",
    "asks_whether",
    "asks_why",
    "compared",
    "completed",
    "fact_kind",
    "find_courtesy",
    "kinds_agree",
    "lacks_subject",
    "leans_back",
    "needs_rewriting",
    "question_kind",
    "rewriting_turns",
    "rewritten",
    "says_kind",
    "subject",
    "wanted_extent",
    "wanted_form",
    "wants_long",
    "wants_overview",
    "wants_short",
    "wished_language",
    "with_history",
]
