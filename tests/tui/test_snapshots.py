"""What the chat looks like. After a wanted change: `pytest tests/tui --snapshot-update`, and look at the pictures."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from ayllu.tui.dialog import Dialog
from ayllu.tui.prompt import Prompt
from textual.pilot import Pilot
from textual.widgets import Static

from .conftest import Home

Steps = Callable[[Pilot[int]], Awaitable[None]]


def steady(pilot: Pilot[int]) -> None:
    """Let no cursor blink, and none be drawn below a dialog: it may stay as it was when that opened, or not."""
    for screen in pilot.app.screen_stack:
        for prompt in screen.query(Prompt):
            prompt.cursor_blink = False
            prompt.show_cursor = screen is pilot.app.screen


def opened(*keys: str) -> Steps:
    """Wait until all is open and quiet, and press `keys`."""

    async def steps(pilot: Pilot[int]) -> None:
        while str(pilot.app.query_one("#activity", Static).render()) or not pilot.app.query(".-chosen"):
            await pilot.pause(0.02)
        steady(pilot)  # before the keys too: below a dialog the cursor stays as it was when that opened
        await pilot.press(*keys)
        while keys in {("f1",), ("f4",)} and not isinstance(pilot.app.screen, Dialog):
            await pilot.pause(0.02)
        await pilot.pause()
        steady(pilot)
        await pilot.pause()

    return steps


@pytest.mark.parametrize(
    ("keys", "size"),
    [
        pytest.param((), (120, 32), id="wide"),
        pytest.param((), (80, 24), id="narrow"),
        pytest.param(("f5",), (80, 24), id="narrow-passage"),
        pytest.param(("f5",), (40, 20), id="small-passage"),
        pytest.param(("f4",), (100, 28), id="correct"),
        pytest.param(("f1",), (100, 30), id="help"),
    ],
)
def test_a_kept_conversation(snap_compare: Any, home: Home, keys: tuple[str, ...], size: tuple[int, int]) -> None:
    home.keep("s1")
    home.keep(
        "s1",
        question="How do I renew [bold]a loan[/bold]?",
        answer="> “Loans are renewed once, for a week, unless somebody waits.” [1]\n>\n> “Write before the last day.” [2]",
    )
    assert snap_compare(home.app("s1"), terminal_size=size, run_before=opened(*keys))
