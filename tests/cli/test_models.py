"""`ayllu models`: which fit, and choosing the one that answers."""

import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from ayllu.models import ModelStore

from .conftest import Ayllu


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelStore:
    folder = tmp_path / "models"
    folder.mkdir()
    monkeypatch.setenv("AYLLU_MODELS", str(folder))
    return ModelStore(folder)


def test_the_list_says_what_fits_how_fast_it_is_and_which_is_in_use(ayllu: Ayllu, models: ModelStore) -> None:
    models.speeds.remember_writing("smollm2-135m-instruct", 600, 10.0)
    listed = {model["name"]: model for model in ayllu("models", "list", "--json").json["models"]}
    small, large = listed["smollm2-135m-instruct"], listed["qwen3-4b-instruct"]
    assert (small["in_use"], small["writing_tokens_per_second"], small["speed_is_estimated"]) == (True, 60.0, False)
    assert (large["in_use"], large["speed_is_estimated"], large["tools"]) == (False, True, True)
    assert large["fits"] == (large["obstacle"] is None)
    shown = ayllu("models", "list").out
    assert "in use" in shown
    assert "45 words/s" in shown
    assert "about" in shown


def test_a_chosen_file_is_written_into_the_settings_whose_comments_stay(ayllu: Ayllu, home: Path, tiny_gguf: Path) -> None:
    home.mkdir()
    (home / "config.toml").write_text('# mine\ncollection = "c"  # of the club\n\n[models]\nstyle = "prose"\n', "utf-8")
    chosen = ayllu("models", "use", tiny_gguf, "--json")
    assert chosen.code == 0
    assert chosen.json["setting"] == {"models.chat": str(tiny_gguf)}
    assert chosen.json["probe"] == {"state": "unprobed", "answers": 0}
    text = (home / "config.toml").read_text("utf-8")
    assert text.startswith('# mine\ncollection = "c"  # of the club\n\n[models]\nstyle = "prose"\n')
    assert ayllu("config", "show", "--json").json["settings"]["models.chat"]["value"] == str(tiny_gguf)
    listed = ayllu("models", "list", "--json").json["models"]
    assert [model["name"] for model in listed if model["in_use"] and model["kind"] == "chat"] == [tiny_gguf.stem]


@pytest.mark.parametrize(
    ("content", "kind"), [(b"GGUF", "not_a_chat_model"), (b"<html>", "not_a_chat_model"), (None, "not_found")]
)
def test_a_wrong_file_is_refused_and_the_settings_stay(
    ayllu: Ayllu, home: Path, tmp_path: Path, content: bytes | None, kind: str
) -> None:
    file = tmp_path / "odd.gguf"
    if content is not None:
        file.write_bytes(content)
    refused = ayllu("models", "use", file, "--json")
    assert (refused.code, refused.json["kind"]) == (1, kind)
    assert not (home / "config.toml").exists()


def test_a_model_that_writes_nothing_or_has_no_such_name_is_refused(ayllu: Ayllu, home: Path) -> None:
    embedder = ayllu("models", "use", "all-minilm-l6-v2", "--json")
    assert (embedder.code, "models.embedder" in embedder.json["hint"]) == (2, True)
    unknown = ayllu("models", "use", "qwen-1.5b", "--json")
    assert (unknown.code, unknown.json["kind"]) == (1, "not_found")
    assert "`qwen2.5-1.5b-instruct`" in unknown.json["hint"]
    assert not (home / "config.toml").exists()


def test_a_model_that_cannot_be_pulled_changes_no_setting(ayllu: Ayllu, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    refused = ayllu("models", "use", "qwen2.5-0.5b-instruct", "--json")
    assert (refused.code, refused.json["kind"]) == (1, "pull_failed")
    assert not (home / "config.toml").exists()


def test_what_stands_in_the_way_of_the_chosen_model_is_told(
    ayllu: Ayllu, tiny_gguf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AYLLU_BACKEND", "ollama")
    assert "`ollama`, has a model of its own" in ayllu("models", "use", tiny_gguf, "--json").json["warnings"][0]
    monkeypatch.setenv("AYLLU_MODELS__CHAT", "smollm2-135m-instruct")
    assert "stands above the settings file" in ayllu("models", "use", tiny_gguf, "--json").json["warnings"][0]


@pytest.mark.slow
def test_a_probe_goes_on_in_the_background_after_it_was_killed(
    ayllu: Ayllu, models: ModelStore, tiny_gguf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wait_for(state: str, answers: int = 0) -> None:
        listed: dict[str, Any] = {}
        for _ in range(3000):
            listing = ayllu("models", "list", "--json").json["models"]
            listed = next(model["probe"] for model in listing if model["name"] == tiny_gguf.stem)
            if listed["state"] == state and listed["answers"] >= answers:
                return
            time.sleep(0.2)
        pytest.fail(f"It stays {listed}")

    def process() -> psutil.Process:
        return next(each for each in psutil.process_iter() if str(tiny_gguf) in _command(each) and "probe" in _command(each))

    monkeypatch.setenv("AYLLU_AGENTS__PROBE", "auto")
    assert ayllu("models", "use", tiny_gguf, "--json").json["probe"]["state"] == "running"
    wait_for("running", answers=3)
    process().kill()
    wait_for("unfinished", answers=3)
    assert ayllu("models", "use", tiny_gguf, "--json").json["probe"]["answers"] >= 3
    wait_for("probed")


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
