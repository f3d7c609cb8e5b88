"""Options that several commands share, worded once."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ..errors import UsageError

Collection = Annotated[str | None, typer.Option("--collection", help="Which collection of documents; else your settings'.")]
Backend = Annotated[str | None, typer.Option("--backend", help="Which backend answers; else your settings'.")]
Adapter = Annotated[
    str | None, typer.Option("--adapter", metavar="ID|none", help="With this adapter, or untuned; else with what is in use.")
]
Passages = Annotated[int | None, typer.Option("-k", min=1, max=20, help="How many passages to look at.")]
Seed = Annotated[int | None, typer.Option("--seed", help="The same seed gives the same answer.")]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help="At most this many.")]

LONGEST_QUESTION = 8_000
"""Characters. Beyond this nobody is asking a question; documents go in by `ayllu ingest`."""


def from_stdin(what: str) -> str:
    """All of stdin as text.

    Raises:
        UsageError: it is not UTF-8, or stdin is closed.
    """
    try:
        return sys.stdin.read()
    except UnicodeDecodeError as error:
        raise UsageError(f"The {what} on stdin is not UTF-8 text.", hint="Convert it, for instance with `iconv`.") from error
    except (OSError, ValueError, AttributeError) as error:
        raise UsageError(f"There is no stdin to read the {what} from.", hint=f"Give the {what} as an argument.") from error


def checked_question(text: str) -> str:
    """The question without surrounding space.

    Raises:
        UsageError: there is none, or it is longer than `LONGEST_QUESTION`.
    """
    question = text.strip()
    if not question:
        raise UsageError("The question is empty.", hint='Write it in quotes: `ayllu ask "When are you open?"`.')
    if len(question) > LONGEST_QUESTION:
        raise UsageError(
            f"The question has {len(question):,} characters; at most {LONGEST_QUESTION:,} are read.",
            hint="Put long texts into a file and `ayllu ingest` it, then ask about it.",
        )
    return question
