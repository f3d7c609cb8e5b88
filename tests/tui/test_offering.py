"""The offer of a better model in the terminal program."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from ayllu.app import Machine
from ayllu.backends.scripted import ScriptedBackend
from ayllu.models import Speeds
from ayllu.models.downloads import DownloadFailed
from ayllu.models.manifest import ModelEntry
from ayllu.tui.offering import OfferScreen
from ayllu.tui.prompt import Prompt
from textual.pilot import Pilot

from .conftest import Home
from .driver import WIDE, notices, prompt, ready, text_of, until

ROOMY = Machine(memory=64 * 10**9, disk=64 * 10**9)


@pytest.fixture(autouse=True)
def fast_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    Speeds(folder / "speeds.json").remember_writing("smollm2-135m-instruct", 600, 10.0)
    monkeypatch.setenv("AYLLU_MODELS", str(folder))
    monkeypatch.setattr("ayllu.app.ladder.Machine.look", lambda folder: ROOMY)


async def offered(pilot: Pilot[int]) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, OfferScreen))


async def test_enter_pulls_it_with_its_progress_at_the_top_and_the_next_question_goes_to_it(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(download: object, entry: ModelEntry, staging: Path, progress: Callable[..., None]) -> Mapping[str, str]:
        progress(f"{entry.name}: its file", 34, 100)
        seen.append(text_of(app, "#status"))
        for name in entry.files:
            (staging / name).write_bytes(b"GGUF and its weights")
        return {}

    seen: list[str] = []
    monkeypatch.setattr("ayllu.models.store.fetch", fetch)
    app = home.app(offer=True)
    new = ScriptedBackend(model="the-new-one")
    monkeypatch.setattr(app._application, "open_backend", lambda name: new)
    async with app.run_test(size=WIDE) as pilot:
        await offered(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: any("is here: the next question goes to it" in notice for notice in notices(app)))
        assert "pulling qwen3-4b-instruct 34 %" in seen[0]
        assert "pulling" not in text_of(app, "#status")
        prompt(app).text = "When is the library open?"
        await pilot.press("enter")
        await until(pilot, lambda: "the-new-one" in text_of(app, "#status"))


async def test_s_stays_small_and_is_remembered(home: Home) -> None:
    app = home.app(offer=True)
    async with app.run_test(size=WIDE) as pilot:
        await offered(pilot)
        await pilot.press("s")
        await until(pilot, lambda: any("The small model stays" in notice for notice in notices(app)))
    again = home.app(offer=True)
    async with again.run_test(size=WIDE) as pilot:
        await ready(pilot)
        await pilot.pause(0.1)
        assert not isinstance(again.screen, OfferScreen)


async def test_a_letter_goes_on_into_the_prompt_and_the_next_start_asks_again(home: Home) -> None:
    app = home.app(offer=True)
    async with app.run_test(size=WIDE) as pilot:
        await offered(pilot)
        await pilot.press("W", "h", "o")
        await until(pilot, lambda: prompt(app).text == "Who")
    again = home.app(offer=True)

    def offered_once_nothing_is_typed() -> bool:
        if not isinstance(again.screen, OfferScreen) and again.query(Prompt):
            prompt(again).text = ""  # a draft that was kept is given back, and nothing is offered over it
        return isinstance(again.screen, OfferScreen)

    async with again.run_test(size=WIDE) as pilot:
        await until(pilot, offered_once_nothing_is_typed)


async def test_a_hub_that_is_out_of_reach_is_told_of(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(*parts: object) -> Mapping[str, str]:
        raise DownloadFailed("there is no network")

    monkeypatch.setattr("ayllu.models.store.fetch", fetch)
    app = home.app(offer=True)
    async with app.run_test(size=WIDE) as pilot:
        await offered(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: any("there is no network" in notice for notice in notices(app)))


async def test_nothing_is_offered_unless_the_chat_was_started_for_a_person(home: Home) -> None:
    app = home.app()
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot)
        await pilot.pause(0.1)
        assert not isinstance(app.screen, OfferScreen)


def test_the_offer(snap_compare: Any, home: Home) -> None:
    assert snap_compare(home.app(offer=True), terminal_size=(100, 28), run_before=offered)
