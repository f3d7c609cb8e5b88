"""Every command run under one fault, and what is wrong with how it took it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import pytest

from .commands import CHANGES, HEAVY, LINES
from .conftest import Run, Shown
from .home import Home, kept

QUESTION = "When does the ferry leave?"
ALWAYS_FAIL = {
    "setup",
    "train sft",
    "adapters rollback",
    "doctor",
    "config init",
    "models use",
    "models probe",
}  # on this home, without any fault


def mostly_slow(values: Iterable[Any], quick: Collection[Any]) -> list[Any]:
    """Parameters of which a few stand for all at every change, and the rest is tried with the slow tests."""
    return [
        pytest.param(value, marks=() if value in quick else pytest.mark.slow, id=getattr(value, "__name__", str(value)))
        for value in values
    ]


def run_all(run: Run, home: Home, *, names: Iterable[str] | None = None) -> Mapping[str, Shown]:
    """Each command as it came out; `names`, or all but the heavy ones and those that take something away."""
    chosen = [name for name in LINES if name not in HEAVY | CHANGES] if names is None else list(names)
    return {name: run(*LINES[name].of(home), "--json", stdin=f"{QUESTION}\n") for name in chosen}


def problems(shown: Mapping[str, Shown], *, named: Collection[str] = ()) -> list[str]:
    """What a person could not read or act upon. A command that fails says one of `named`: what it failed of."""
    wrong = []
    for name, result in shown.items():
        try:
            result.check()
        except AssertionError as error:
            wrong.append(f"{name}: {str(error)[:600]}")
            continue
        body = result.json
        fails = result.code == 1 and "error" in body and name not in ALWAYS_FAIL and not name.startswith("tgi")
        if named and fails and not any(word in body["error"] + body["hint"] for word in named):
            wrong.append(f"{name} does not name {' or '.join(named)}: {body['error']} {body['hint']}")
    return wrong


def none(wrong: list[str]) -> None:
    """Fail, and say all of it."""
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


def unharmed(run: Run, before: Mapping[str, Any]) -> list[str]:
    """What a fault that is over has left behind: something lost, or a command that does not work again."""
    wrong = []
    after = kept(run)
    for kind, held in before.items():
        lost = set(held) - set(after[kind]) if isinstance(held, set) else set(held.items()) - set(after[kind].items())
        wrong += [f"{kind} lost: {lost}"] if lost else []
    for words in (["ask", QUESTION], ["search", "ferry"], ["feedback", "stats"]):
        shown = run(*words, "--json").check()
        wrong += [f"`ayllu {' '.join(words)}` afterwards: {shown.out}"] if shown.code else []
    return wrong
