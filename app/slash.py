"""Slash commands: `/word` typed where a question is expected. Which words there are is each face's own."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable

from ..errors import UsageError

_COMMAND = re.compile(r"/([A-Za-z?][A-Za-z-]*)(\s.*)?", re.DOTALL)


def slash_word(text: str) -> str | None:
    """The word of a slash command of which none takes anything; raises as `slash_command` does."""
    command = slash_command(text)
    return command[0] if command is not None else None


def slash_command(text: str, taking: Collection[str] = ()) -> tuple[str, str] | None:
    """The word of a slash command, and what stands after it; `None` where `text` is a question: what begins with a path or
    with a space is one. `taking`: the words after which something may stand.

    Raises:
        UsageError: something stands after another word.
    """
    match = _COMMAND.fullmatch(text.rstrip())
    if match is None:
        return None
    word, rest = match[1].lower(), (match[2] or "").strip()
    if rest and word not in taking:
        raise UsageError(f"/{word} takes nothing after it.", hint="To ask this as a question, put a space before it.")
    return word, rest


def unknown_command(word: str, words: Iterable[str]) -> UsageError:
    """What to say of a word that is no command; `words` are those that are."""
    known = list(words)
    near = difflib.get_close_matches(word, known, n=1) or known
    return UsageError(
        f"There is no command /{word}.",
        hint=f"There is {', '.join(f'/{name}' for name in near)}. To ask this as a question, put a space before it.",
    )
