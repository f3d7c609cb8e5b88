"""Options that several commands share, worded once."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

Collection = Annotated[str | None, typer.Option("--collection", help="Which collection of documents; else your settings'.")]
Backend = Annotated[str | None, typer.Option("--backend", help="Which backend answers; else your settings'.")]
Adapter = Annotated[
    str | None, typer.Option("--adapter", metavar="ID|none", help="With this adapter, or untuned; else with what is in use.")
]
Passages = Annotated[int | None, typer.Option("-k", min=1, max=20, help="How many passages to look at.")]
Seed = Annotated[int | None, typer.Option("--seed", help="The same seed gives the same answer.")]
Team = Annotated[str | None, typer.Option("--team", help="Which team of agents answers.")]
Session = Annotated[str | None, typer.Option("--session", help="Go on with this conversation.")]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help="At most this many.")]


class Mode(StrEnum):
    """How passages are ranked."""

    HYBRID = "hybrid"
    DENSE = "dense"
    KEYWORD = "keyword"
