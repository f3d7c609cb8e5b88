"""Worked examples for models that write prose: how the person wanted questions near this one answered."""

from __future__ import annotations

from collections.abc import Sequence

from autogen_agentchat.messages import BaseChatMessage

from ..messages import Question, Recalling, messages_of
from ..writing import EARLIER

_MOST = 2
_LONGEST = 600  # characters of an answer


def with_examples(question: Question, thread: Sequence[BaseChatMessage]) -> Question:
    """`question` after what was said of questions near it, as turns that were had; the latest of its own turns stay."""
    near = [each for recalling in messages_of(thread, Recalling) for each in recalling.recollection.near]
    usable = [each.entry for each in near if not each.recalled.stale and len(each.entry.answer) <= _LONGEST][:_MOST]
    examples = tuple((entry.question, entry.answer) for entry in reversed(usable))  # the nearest last
    if not examples:
        return question
    own = question.history[-(EARLIER - len(examples)) :]
    return question.model_copy(update={"history": (*examples, *own)})
