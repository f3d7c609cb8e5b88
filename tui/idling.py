"""What the person is doing in the chat, for what waits until they do nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App

from .prompt import Prompt

if TYPE_CHECKING:
    from .chat import ChatScreen


def what_is_done(app: App[int], screen: ChatScreen) -> str | None:
    """What is typed, without blanks around it; None while a dialog is open, an answer is awaited, or the program ends."""
    if not app.is_running or app.screen is not screen or screen.answering:
        return None
    return next((prompt.text.strip() for prompt in screen.query(Prompt)), None)
