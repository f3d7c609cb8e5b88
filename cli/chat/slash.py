"""Slash commands of the line chat, which stand on a line of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...app import Chat, unknown_command
from ...text import count
from ..context import CommandContext
from .judging import JUDGING

if TYPE_CHECKING:
    from ...agents import ChatSession

LEAVING = ("quit", "exit", "q")
_WORDS = {
    "help": "these commands",
    "new": "begin a new conversation; the one before is kept",
    "sessions": "the conversations that are kept",
    **JUDGING,
    "quit": "leave",
}
_SHOWN = 10  # conversations


def run_slash_command(command: CommandContext, chat: Chat, session: ChatSession, word: str) -> ChatSession:
    """Do what `/word` says; returns the conversation to go on with. What it says goes to stderr: it is no answer.

    Raises:
        UsageError: there is no such command.
    """
    output = command.output
    match word:
        case "help" | "?":
            output.note("\n".join(f"/{name}: {meaning}" for name, meaning in _WORDS.items()))
            output.note("Every other line is a question; with a space before it, also one that begins with a slash.")
        case "new":
            output.note("A new conversation; the one before is kept.")
            return chat.new_session()
        case "sessions":
            infos = command.app.conversations.sessions.list(_SHOWN)
            lines = [f"{info.session_id}  {info.title} ({count(info.questions, 'question')})" for info in infos]
            output.note(
                "\n".join([*lines, "`ayllu chat --session ID` goes on with one; `ayllu sessions list` shows them all."])
            )
        case _:
            raise unknown_command(word, _WORDS)
    return session
