"""Every key of the chat, declared once: the program binds them, its help shows them, `ayllu chat --keys` lists them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """`id` is what a keymap or a script calls it; `action` the program's method, empty where the prompt handles it."""

    id: str
    key: str
    words: str
    action: str = ""
    short: str = ""  # in the footer; empty: not shown there


KEYS: Sequence[Key] = (
    Key("send", "enter", "Send the question"),
    Key("newline", "ctrl+j", "Begin a new line in the question"),
    Key("history-previous", "up", "The question before, from the first line of the prompt"),
    Key("history-next", "down", "The question after, from the last line of the prompt"),
    Key("stop", "escape", "Stop the answer that is being written", "stop", "Stop"),
    Key("help", "f1", "Show all keys", "help", "Keys"),
    Key("rate-up", "f2", "Good answer", "rate('up')", "Good"),
    Key("rate-down", "f3", "Bad answer", "rate('down')", "Bad"),
    Key("correct", "f4", "Write what the answer should have been", "correct", "Correct"),
    Key("passage", "f5", "Show the next passage of the answer", "passage", "Passage"),
    Key("panel", "f6", "Show or hide the passage", "panel"),
    Key("answer-previous", "f7", "Choose the answer before", "choose(-1)"),
    Key("answer-next", "f8", "Choose the answer after", "choose(1)"),
    Key("improve", "f9", "Learn from your corrections, in the background", "improve"),
    Key("new", "ctrl+n", "Begin a new conversation", "new", "New"),
    Key("quit", "ctrl+q", "Leave; what is typed is kept", "leave", "Quit"),
)
