"""Every command there is, from the command tree, with words that let it reach its work: a new command is met as well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from ayllu.cli import tree

if TYPE_CHECKING:
    from .home import Home

Path = tuple[str, ...]

# what a parameter is given, by its name; `{…}` are fields of `Home`
_ARGUMENTS = {
    "paths": "{documents}",
    "query": "ferry",
    "question": "When does the ferry leave?",
    "source": "ferry.md",
    "sources": "ferry.md",
    "message_id": "{ferry}",
    "chosen_id": "{ferry}",
    "rejected_id": "{bread}",
    "event_or_message_id": "{ferry}",
    "session_id": "{session}",
    "entry_id": "{ferry}",
    "entry_ids": "{ferry}",
    "session_ids": "{session}",
    "file": "{questions}",
    "eval pair first": "{predictions}",
    "eval pair second": "{predictions}",
    "feedback import file": "{words}",
    "backup file": "{scratch}/kept.tar.gz",
    "restore file": "{backup}",
    "folder": "{scratch}/out",
    "adapter_id": "{adapter}",
    "first": "{adapter}",
    "second": "{other_adapter}",
    "names": "{model}",
    "extra": "tgi",
    "title": "Ferries",
}
_OPTIONAL = {
    "chat": (),
    "setup": ("extra",),
    "ask": ("question",),
    "models pull": ("names",),
    "sources remove": ("sources",),
    "sessions remove": ("session_ids",),
}
_OPTIONS = {
    "feedback add": "--rating up --correction 7:50",
    "improve": "--when 1000",
    "train sft": "--data {scratch}/none.jsonl",
    "tgi up": "--wait 1",
    "adapters export": "--format peft",
    "restore": "--replace",
}


@dataclass(frozen=True)
class Line:
    """One command with its words."""

    path: Path
    words: tuple[str, ...]

    @property
    def name(self) -> str:
        return " ".join(self.path)

    def of(self, home: Home) -> list[str]:
        return [word.format_map(vars(home)) for word in self.words]


def lines() -> Iterator[Line]:
    for path, command in tree.commands():
        name = " ".join(path)
        words = list(path)
        for parameter in command.params:
            flag = parameter.opts[0]
            given = _ARGUMENTS.get(f"{name} {parameter.name}") or _ARGUMENTS.get(parameter.name, "x")
            if parameter.required or parameter.name in _OPTIONAL.get(name, ()):
                words += [flag] if flag.startswith("-") else []
                words.append(given)
        yield Line(path, (*words, *_OPTIONS.get(name, "").split()))


LINES = {line.name: line for line in lines()}
HEAVY = {"train sft", "adapters export", "backends list"}  # load torch, or llama.cpp
CHANGES = {
    "restore",
    "sources remove",
    "feedback forget",
    "sessions remove",
    "adapters gc",
    "config init",
}  # what these take is not lost


def every_command() -> pytest.MarkDecorator:
    """Run the test once with each command of the tree; those that load a model are left to the slow tests."""
    lines = [pytest.param(line, marks=pytest.mark.slow) if name in HEAVY else line for name, line in LINES.items()]
    return pytest.mark.parametrize("line", lines, ids=LINES)
