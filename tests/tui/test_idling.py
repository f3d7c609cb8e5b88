"""What the terminal program does while nobody does anything."""

from functools import partial
from pathlib import Path

import pytest
from ayllu.app import IdleProbing, Machine
from ayllu.backends.scripted import ScriptedBackend

from .conftest import Home
from .driver import WIDE, notices, prompt, until


async def test_it_finds_out_how_its_model_is_asked_and_says_so(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AYLLU_AGENTS__PROBE", "auto")
    monkeypatch.setenv("AYLLU_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr("ayllu.app.ladder.Machine.look", lambda folder: Machine(memory=0, disk=0))  # nothing is offered
    monkeypatch.setattr("ayllu.tui.app.IdleProbing", partial(IdleProbing, idle_s=0.0, look_s=0.005))
    home.backend = ScriptedBackend(otherwise=lambda messages: "NOT IN THE DOCUMENTS")
    app = home.app(offer=True)
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: any("its refusals are held against the documents" in notice for notice in notices(app)))
        assert prompt(app).text == ""
    assert len(home.backend.client.calls) >= 40
