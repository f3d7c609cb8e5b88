"""Without a fault: every command does its work on the home in use, or says what it lacks. What the other files build on."""

import pytest

from .commands import CHANGES, HEAVY, LINES, Line, every_command
from .conftest import Run
from .home import Home, kept

MAY_FAIL = {"train sft", "setup", "adapters export", "adapters rollback", "doctor", "models use", "models probe"} | {
    name for name in LINES if name.startswith("tgi")
}


@every_command()
def test_every_command_is_met(line: Line, home: Home, run: Run) -> None:
    shown = run(*line.of(home), "--json", stdin="When does the ferry leave?\n").check()
    if line.name not in MAY_FAIL:
        assert shown.code == 0, shown


@pytest.mark.slow
def test_nothing_is_lost_by_all_of_them(home: Home, run: Run) -> None:
    before = kept(run)
    for line in LINES.values():
        if line.name not in CHANGES | HEAVY:
            run(*line.of(home), "--json", stdin="When does the ferry leave?\n").check()
    after = kept(run)
    assert before["sources"] == after["sources"]
    assert before["events"] < after["events"]  # `feedback add`, `prefer` and `import` are among them
    assert before["adapters"] == after["adapters"]


def test_what_a_home_holds_can_be_told(home: Home, run: Run) -> None:
    held = kept(run)
    assert len(held["sources"]) == 3
    assert len(held["events"]) == 2
    assert {home.adapter, home.other_adapter} <= held["adapters"]
