"""A chosen model is probed beside the program, unless that is unwanted, done, or being done."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from ayllu import paths
from ayllu.app import Application
from ayllu.app.probing import ProbeState, probe_in_background, probe_state
from ayllu.models import Profile

Started = list[Sequence[str]]


@pytest.fixture
def file(tmp_path: Path) -> str:
    file = tmp_path / "own.gguf"
    file.write_bytes(b"GGUF and weights")
    return str(file)


@pytest.fixture
def application(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Application:
    monkeypatch.setenv("AYLLU_AGENTS__PROBE", "auto")
    return Application(paths.find(tmp_path / "elsewhere"))


def choose(application: Application, name: str, started: Started) -> ProbeState | None:
    return probe_in_background(application, application.models.info(name), name, started.append)


def test_an_unknown_model_is_probed_by_the_command_that_a_person_has_for_it(application: Application, file: str) -> None:
    started = Started()
    assert choose(application, file, started) == ProbeState("running")
    (command,) = started
    assert command[-4:] == ["models", "probe", file, "--json"]
    assert str(application.paths.home) in command


def test_it_is_not_where_that_was_switched_off(application: Application, file: str) -> None:
    application.override_settings({"agents.probe": "off"})
    started = Started()
    assert choose(application, file, started) == ProbeState("unprobed")
    assert not started


def test_a_known_model_and_a_small_one_need_no_probe(application: Application) -> None:
    started = Started()
    assert choose(application, "qwen2.5-1.5b-instruct", started) == ProbeState("manifest")
    assert choose(application, "smollm2-135m-instruct", started) is None
    assert not started


def test_the_state_of_a_probe_is_known_from_beginning_to_end(application: Application, file: str) -> None:
    store, started = application.models, Started()
    key = store.profile_key(file)
    assert key is not None

    def state() -> ProbeState | None:
        return probe_state(store, store.info(file))

    assert state() == ProbeState("unprobed")
    with store.profiles.claim(key):
        store.profiles.progress_file(key).write_text("{}\n{}\n{}\n", "utf-8")
        assert state() == choose(application, file, started) == ProbeState("running", 3)
    assert not started
    assert state() == ProbeState("unfinished", 3)
    assert choose(application, file, started) == ProbeState("running", 3)
    assert len(started) == 1
    store.profiles.keep(key, Profile(origin="probe"))
    assert state() == choose(application, file, started) == ProbeState("probed")
    assert len(started) == 1
