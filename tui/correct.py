"""The editor in which a person writes what the answer should have been, beneath the passage that holds the right words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from ..text import safe
from .dialog import Dialog
from .panel import PassagePanel
from .prompt import Prompt

if TYPE_CHECKING:
    from ..conversations import Answer

_REMEMBERED = "Asked again, the question is answered so."
_LEARNT = "It can be learnt from."
_ASKED = "What should it have been?  Enter saves, Ctrl-J breaks the line, Esc goes back."


class CorrectScreen(Dialog[str]):
    """Returns the correction, or `None` where the person went back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5", "passage", "Next passage", id="correct-passage", priority=True, tooltip="Show the next passage"),
        Binding("pageup", "scroll('page_up')", "Up", id="correct-up", priority=True, tooltip="Scroll the passage up"),
        Binding("pagedown", "scroll('page_down')", "Down", id="correct-down", priority=True, tooltip="Scroll it down"),
    ]

    def __init__(
        self,
        answer: Answer,
        why_not_learnt: Callable[[str], str | None],
        before: str | None = None,
        *,
        remembers: bool = True,
    ) -> None:
        """`why_not_learnt` tells of a correction why nothing can be learnt from it; `before` is what was written earlier, to
        be written on; `remembers`: the correction will be the answer at once.
        """
        super().__init__()
        self._answer = answer
        self._why_not_learnt = why_not_learnt
        self._before = before
        self._remembers = remembers
        self._begun = ""  # what stood in the editor when it was opened, or when its loss was told of
        self._passage = PassagePanel(id="correction-passage")
        self._prompt = Prompt("The right answer", id="correction-text")
        self._use = Static("", id="correction-use", markup=False)

    def keeps_open(self) -> str:
        written, self._begun = self.typed != self._begun, self.typed
        return "Your correction is not kept yet: Enter saves it, Ctrl-Q again leaves without it." if written else ""

    @property
    def typed(self) -> str:
        """What stands in the editor, also when it has been left."""
        return self._prompt.text.strip()

    def compose(self) -> ComposeResult:
        with Vertical(id="correction"):
            yield Static(Text(safe(self._answer.question)), classes="question")
            yield self._passage
            yield Static("F5: next passage.  PgUp, PgDn: scroll it.", classes="hint")
            yield Static(_ASKED, id="correction-asked")
            yield self._prompt
            yield self._use

    def on_mount(self) -> None:
        self._passage.show_answer(self._answer)
        self._prompt.text = self._before or ("" if self._answer.abstained else self._answer.short)
        self._begun = self.typed
        self._prompt.select_all()
        self._prompt.focus()

    def on_prompt_sent(self, message: Prompt.Sent) -> None:
        message.stop()
        self.dismiss(message.text.strip())

    def on_text_area_changed(self, message: Prompt.Changed) -> None:
        """Say at once what it is good for."""
        text = message.text_area.text.strip()
        reason = self._why_not_learnt(text) if text else ""
        words = (_REMEMBERED if self._remembers else "", _LEARNT if reason is None else reason)
        self._use.update(" ".join(word for word in words if word) if text else "")
        self._use.set_class(bool(reason), "-useless")

    def action_passage(self) -> None:
        self._passage.show_next()

    def action_scroll(self, where: str) -> None:
        self._passage.scroll(where)
