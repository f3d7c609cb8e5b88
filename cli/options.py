"""Options that several commands share, worded once."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .. import paths

if TYPE_CHECKING:
    from ..retrieval import Filters

_DAY = "%Y-%m-%d"
LARGEST_SEED = 2**32 - 2  # what torch, numpy and llama.cpp all take; llama.cpp's next one stands for chance
LARGEST_COUNT = 2**31 - 1  # what SQLite, torch and llama.cpp all take

Collection = Annotated[str | None, typer.Option("--collection", help="Which collection of documents; else your settings'.")]
Collections = Annotated[
    list[str] | None, typer.Option("--collection", help="Which collection, or several; else your settings'.")
]
Backend = Annotated[str | None, typer.Option("--backend", help="Which backend answers; else your settings'.")]
Adapter = Annotated[
    str | None, typer.Option("--adapter", metavar="ID|none", help="With this adapter, or untuned; else with what is in use.")
]
Passages = Annotated[int | None, typer.Option("-k", min=1, max=20, help="How many passages to look at.")]
Seed = Annotated[int | None, typer.Option("--seed", min=0, max=LARGEST_SEED, help="The same seed gives the same answer.")]
Team = Annotated[str | None, typer.Option("--team", help="Which team of agents answers.")]
Strict = Annotated[
    bool | None,
    typer.Option("--strict", help="Leave out what no passage supports.", show_default=False),
]
SecondReader = Annotated[
    str | None,
    typer.Option("--second-reader", metavar="auto|off", help="Whether the default model reads too; else your settings'."),
]
Session = Annotated[str | None, typer.Option("--session", help="Go on with this conversation.")]
Wait = Annotated[
    float | None,
    typer.Option(
        "--wait",
        metavar="SECONDS",
        min=0,
        max=1e6,
        help="For another ayllu that writes, at most so long; else as long as it takes.",
    ),
]
Source = Annotated[list[str] | None, typer.Option("--source", metavar="GLOB", help="In such documents only.")]
Folder = Annotated[list[Path] | None, typer.Option("--folder", help="In documents below this folder only.")]
MediaType = Annotated[list[str] | None, typer.Option("--type", metavar="TYPE", help="Only of this type: pdf, text/*…")]
Since = Annotated[datetime | None, typer.Option("--since", formats=[_DAY], help="Only from that day on.")]
Until = Annotated[datetime | None, typer.Option("--until", formats=[_DAY], help="Only up to that day.")]
Limit = Annotated[int | None, typer.Option("--limit", min=1, max=LARGEST_COUNT, help="At most this many.")]


def expanded(path: Path | None) -> Path | None:
    """A path as a person gave it, with `~` looked up: a shell leaves that to us in `--output=~/x`.

    Raises:
        NoSuchUser: it begins with `~name`, and there is no such home.
    """
    return None if path is None else paths.expand(path)


def filters_of(
    sources: list[str] | None,
    folders: list[Path] | None,
    types: list[str] | None,
    since: datetime | None,
    until: datetime | None,
) -> Filters | None:
    """Which documents are looked at; None: all."""
    from ..retrieval import Filters

    below = [str((expanded(folder) or folder).resolve()) for folder in folders or []]
    days = (since.date() if since else None, until.date() if until else None)
    return Filters(sources or [], below, types or [], *days) or None


class Mode(StrEnum):
    """How passages are ranked."""

    HYBRID = "hybrid"
    DENSE = "dense"
    KEYWORD = "keyword"
