"""What goes wrong is in the log, whichever face met it, and stands there once."""

from pathlib import Path

import pytest
from ayllu.errors import AylluError

from .conftest import Ayllu


@pytest.fixture
def broken_team(monkeypatch: pytest.MonkeyPatch, scripted_settings: None) -> None:
    """Every question fails in a way that nobody foresaw."""

    def find_team(name: str) -> None:
        raise ZeroDivisionError("nobody foresaw this")

    monkeypatch.setattr("ayllu.agents.session.find_team", find_team)


def log_of(home: Path) -> str:
    return (home / "logs" / "ayllu.log").read_text("utf-8")


@pytest.mark.usefixtures("broken_team")
@pytest.mark.parametrize("line", ["ask When is the library open?", "chat"])
def test_a_question_that_failed_unforeseen_leaves_its_traceback_once(ayllu: Ayllu, home: Path, line: str) -> None:
    shown = ayllu(*line.split(), stdin="When is the library open?\n")
    assert shown.code == 1
    assert "log has the details" in shown.err
    assert log_of(home).count("Traceback") == 1
    assert log_of(home).count("nobody foresaw this") >= 1


def test_a_failure_is_logged_once_however_many_report_it(caplog: pytest.LogCaptureFixture) -> None:
    import logging

    error = AylluError("It failed.", hint="Again.")
    for name in ("ayllu.agents", "ayllu.cli"):
        error.log_once(logging.getLogger(name))
    assert [record.message for record in caplog.records] == ["It failed."]
