"""What a model is asked of a part, and of its own notes: their text first, so that a server's cache knows it again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from autogen_core.models import LLMMessage, SystemMessage, UserMessage

from ...backends import as_plain_text
from ...text import one_line
from ..asking import wished_language
from ..writing import add_instructions, defuse_marks, language_note
from .planning import Plan

NOTHING = "NONE"
_LEAVE = f"If it names none, write only: {NOTHING}"


class Requests:
    """Of one question. `load` gives a prompt by its name; `leave`: the model may be told that it may find nothing.

    The `wishes` of the person stand where what is written is shown.
    """

    def __init__(self, load: Callable[[str], str], question: str, plan: Plan, *, leave: bool, wishes: str = "") -> None:
        self.system = load("digest").strip()
        self._wishful = add_instructions(self.system, wishes)
        self._wished = wished_language(wishes)
        self._question = question
        listed = plan.extent.form == "list"
        name = "part_list" if listed else "part_topic" if plan.topic else "part_summary"
        self._task = load(name).strip().replace("{topic}", plan.topic)
        if listed and leave:
            self._task += f" {_LEAVE}"
        self._join = load("join_notes").strip()
        if plan.topic:
            self._join += f" It is about {plan.topic}."

    def of_part(self, label: str, text: str, *, final: bool) -> list[LLMMessage]:
        """`final`: what is written of it is shown. Notes are in the language of the document, or nothing supports them."""
        task = self._in_language(self._task, text) if final else self._task
        return self._messages(f"A part of {one_line(label)}:\n\n{defuse_marks(text)}", task, final=final)

    def of_notes(self, notes: Sequence[str], *, final: bool) -> list[LLMMessage]:
        text = "\n\n".join(notes)
        task = self._in_language(self._join, text) if final else self._join
        return self._messages(f"Notes:\n\n{text}", task, final=final)

    def frame(self) -> str:
        """All of a request that is no text of a document."""
        return "\n".join((self._wishful, max(self._task, self._join, key=len), self._question))

    def _in_language(self, task: str, read: str) -> str:
        return " ".join(part for part in (task, language_note(self._question, [read], self._wished)) if part)

    def _messages(self, text: str, task: str, *, final: bool) -> list[LLMMessage]:
        return [
            SystemMessage(content=self._wishful if final else self.system),
            UserMessage(content=as_plain_text(f"{text}\n\n{task}"), source="user"),
        ]
