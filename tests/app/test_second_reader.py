"""The second reader, as the application has it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from ayllu import paths
from ayllu.agents import SecondReader
from ayllu.app import Application, open_reading_model, reading_model, second_reader_of, why_it_cannot_read
from ayllu.app.ladder import Machine
from ayllu.backends.scripted import ScriptedBackend
from ayllu.models import ModelStore


@pytest.fixture
def application(tmp_path: Path) -> Iterator[Application]:
    with Application(paths.find(tmp_path / "home"), backend=ScriptedBackend()) as application:
        yield application


def test_the_smallest_model_reads_and_points_whatever_style_is_set(application: Application) -> None:
    application.override_settings({"models.style": "prose", "models.chat": "qwen2.5-0.5b-instruct"})
    backend = open_reading_model(application)
    assert (backend.model, backend.style) == (reading_model(application), "span") == ("smollm2-135m-instruct", "span")


def test_it_is_not_pulled_and_the_command_that_pulls_it_is_named(application: Application) -> None:
    reason = why_it_cannot_read(application)
    assert reason == "its weights are not here; `ayllu models pull smollm2-135m-instruct` brings them"


def test_it_is_not_opened_where_the_memory_is_short(
    application: Application, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(ModelStore, "_present", lambda self, entry: tmp_path)
    assert why_it_cannot_read(application, Machine(memory=10**9, disk=0)) == ""
    reason = why_it_cannot_read(application, Machine(memory=100_000_000, disk=0))
    assert reason == "smollm2-135m-instruct needs 400 MB of memory, and 100 MB is free"


def test_all_chats_share_it_and_it_is_closed_with_the_backend_that_answers(application: Application) -> None:
    reader = second_reader_of(application)
    assert second_reader_of(application) is reader
    model = ScriptedBackend(style="span")
    application.second_reader = SecondReader(lambda: model)
    application.run(application.second_reader.warm(lambda name: name))
    assert model.raw.prompts == ["span"]
    application.run(application.close_backend())
    assert model.closed
