"""The terminal program ends at an error that nobody foresaw, shows nothing of it itself, and hands it on."""

import asyncio
import logging

import pytest
from ayllu.errors import AylluError
from ayllu.tui.failing import FailingApp, logged


class _Fails(FailingApp[int]):
    def on_mount(self) -> None:
        secret = "hunter2"
        raise ZeroDivisionError(f"{len(secret)} by nothing")


class _FailsInAWorker(FailingApp[int]):
    def on_mount(self) -> None:
        self.run_worker(self._work())

    async def _work(self) -> None:
        await asyncio.sleep(0)
        raise ZeroDivisionError("in a worker")


@pytest.mark.parametrize("app", [_Fails, _FailsInAWorker])
def test_the_error_is_raised_and_no_traceback_with_local_values_is_shown(
    app: type[FailingApp[int]], capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ZeroDivisionError):
        app().run_to_end(headless=True)
    shown = capfd.readouterr()
    assert "Traceback" not in shown.out + shown.err
    assert "hunter2" not in shown.out + shown.err


def test_what_is_shown_of_an_error_is_in_the_log_too(caplog: pytest.LogCaptureFixture) -> None:
    error = AylluError("The disk is full.", hint="Make room.")
    error.__cause__ = OSError("No space left")
    with caplog.at_level(logging.ERROR):
        assert logged(error) == "The disk is full. Make room."
    assert "No space left" in caplog.text
