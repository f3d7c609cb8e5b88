"""Every key of the chat, declared once: bound, shown by help and palette, and listed by `ayllu chat --keys`.

Some can also be typed as a slash command.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from textual.binding import Binding, BindingType

from ..app import slash_word, unknown_command

Scope = Literal["program", "chat", "prompt"]


@dataclass(frozen=True, slots=True)
class Key:
    """`id` is what a keymap or a script calls it; `action` its scope's method, empty where the prompt handles it."""

    id: str
    key: str
    words: str
    action: str = ""
    short: str = ""  # in the footer; empty: not shown there
    more: str = ""  # what the words leave out, in the tooltip
    scope: Scope = "chat"
    slash: str = ""  # as it is typed into the prompt, without the slash
    group: str = "The program"

    @property
    def explained(self) -> str:
        """Its words with all that they leave out."""
        return f"{self.words}: {self.more}" if self.more else self.words


_ASK, _READ, _JUDGE, _KEEP = "Asking", "Reading", "Judging", "Conversations"
KEYS: Sequence[Key] = (
    Key("send", "enter", "Send the question", scope="prompt", group=_ASK),
    Key("newline", "ctrl+j", "Begin a new line", scope="prompt", group=_ASK),
    Key("history-previous", "up", "The question before", scope="prompt", group=_ASK),
    Key("history-next", "down", "The question after", scope="prompt", group=_ASK),
    Key("stop", "escape", "Stop the answer", "stop", "Stop", "the question comes back", slash="stop", group=_ASK),
    Key("page-up", "pageup", "Scroll up", "scroll('page_up')", group=_READ),
    Key("page-down", "pagedown", "Scroll down", "scroll('page_down')", group=_READ),
    Key("start", "ctrl+home", "To the start (or Home)", "scroll('home')", more="Home, where nothing is typed", group=_READ),
    Key("end", "ctrl+end", "To the end (or End)", "scroll('end')", more="End, where nothing is typed", group=_READ),
    Key("passage", "f5", "Show the next passage", "passage", "Passage", slash="passage", group=_READ),
    Key("panel", "f6", "Show or hide the passage", "panel", group=_READ),
    Key("focus", "tab", "To the passage, and back", more="keys then scroll it", scope="prompt", group=_READ),
    Key("answer-previous", "f7", "Choose the answer before", "choose(-1)", group=_READ),
    Key("answer-next", "f8", "Choose the answer after", "choose(1)", group=_READ),
    Key("rate-up", "f2", "Good answer", "rate('up')", "Good", "F12: partly good", slash="good", group=_JUDGE),
    Key("rate-partly", "f12", "Partly good answer", "rate('partly')", slash="partly", group=_JUDGE),
    Key("rate-down", "f3", "Bad answer", "rate('down')", "Bad", slash="bad", group=_JUDGE),
    Key("correct", "f4", "Write what the answer should have been", "correct", "Correct", slash="correct", group=_JUDGE),
    Key("improve", "f9", "Learn from corrections", "improve", more="in the background", slash="improve", group=_JUDGE),
    Key("new", "ctrl+n", "Begin a new one", "new", "New", "the conversation before is kept", slash="new", group=_KEEP),
    Key("sessions", "ctrl+o", "Open, rename, delete one", "sessions", "Open", slash="sessions", group=_KEEP),
    Key("help", "f1", "Show all keys", "help", "Keys", slash="help"),
    Key("palette", "ctrl+p", "Find a command by name", "command_palette", scope="program"),
    Key("interrupt", "ctrl+c", "Copy what is selected, else stop; twice: leave", "interrupt", scope="program"),
    Key("end-of-input", "ctrl+d", "Leave, on an empty prompt", scope="prompt"),
    Key("quit", "ctrl+q", "Leave", "leave", "Quit", "what is typed is kept", scope="program", slash="quit"),
)
OTHER_NAMES = {"exit": "quit", "q": "quit", "?": "help", "keys": "help", "open": "sessions", "history": "sessions"}
"""Slash commands as other programs call them."""


def bindings(scope: Scope) -> list[BindingType]:
    """What a screen or the program binds. All but Escape come before the prompt's own keys."""
    return [
        Binding(
            key.key,
            key.action,
            key.short or key.words,
            id=key.id,
            show=bool(key.short),
            priority=key.id != "stop",
            tooltip=key.explained,
        )
        for key in KEYS
        if key.action and key.scope == scope
    ]


def typed_key(text: str) -> Key | None:
    """The key that a slash command stands for; `None`: `text` is a question.

    Raises:
        UsageError: there is no such command.
    """
    word = slash_word(text)
    if word is None:
        return None
    commands = {key.slash: key for key in KEYS if key.slash}
    key = commands.get(OTHER_NAMES.get(word, word))
    if key is None:
        raise unknown_command(word, commands)
    return key
