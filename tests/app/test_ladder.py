"""Which models fit, how fast they may be, and which is offered."""

from pathlib import Path

import pytest
from ayllu.app.ladder import Machine, best_offer, rungs, scaled
from ayllu.config import Settings
from ayllu.models import ModelStore, Speed

ROOMY = Machine(memory=64 * 10**9, disk=64 * 10**9)


def store_with_speed(folder: Path, tokens_a_second: int) -> ModelStore:
    """One where the embedded model has been seen to write."""
    folder.mkdir(exist_ok=True)
    store = ModelStore(folder)
    store.speeds.remember_writing("smollm2-135m-instruct", 10 * tokens_a_second, 10.0)
    return store


def offered(store: ModelStore, machine: Machine, settings: Settings | None = None) -> str | None:
    best = best_offer(rungs(store, settings or Settings(), machine))
    return best.model.name if best is not None else None


def test_the_ladder_has_the_chat_models_with_their_licences_and_who_calls_functions() -> None:
    chats = {model.name: model for model in ModelStore(Path("nowhere")).list() if model.kind == "chat"}
    assert [name for name, model in chats.items() if not model.default] == [
        *("smollm2-360m-instruct", "qwen2.5-0.5b-instruct", "llama-3.2-1b-instruct", "smollm2-1.7b-instruct"),
        *("qwen2.5-1.5b-instruct", "llama-3.2-3b-instruct", "qwen2.5-3b-instruct", "qwen3-4b-instruct"),
    ]
    assert chats["qwen2.5-3b-instruct"].licence == "Qwen Research"
    assert not chats["qwen2.5-3b-instruct"].offered
    assert chats["qwen2.5-1.5b-instruct"].tools
    assert not chats["smollm2-1.7b-instruct"].tools
    assert all(model.memory_bytes > model.size_bytes for model in chats.values())


def test_what_does_not_fit_says_what_it_needs_and_what_is_free(tmp_path: Path) -> None:
    small = Machine(memory=1_000_000_000, disk=900_000_000)
    ladder = {rung.model.name: rung for rung in rungs(ModelStore(tmp_path), Settings(), small)}
    assert ladder["qwen2.5-0.5b-instruct"].obstacle == "needs 1.1 GB of disk, and 900 MB is free"
    assert ladder["llama-3.2-3b-instruct"].obstacle.startswith("needs 3.6 GB of memory, and 1.0 GB is free")
    assert ladder["smollm2-135m-instruct"].fits
    assert ladder["smollm2-135m-instruct"].in_use


def test_a_speed_is_scaled_from_the_nearest_model_seen_and_its_own_stands_above_that(tmp_path: Path) -> None:
    assert scaled(Speed(writing=62.0), 98_000_000, 1_117_000_000).writing == pytest.approx(21, abs=0.5)
    store = store_with_speed(tmp_path, 60)
    ladder = {rung.model.name: rung for rung in rungs(store, Settings(), ROOMY)}
    assert not ladder["smollm2-135m-instruct"].about
    assert ladder["qwen2.5-1.5b-instruct"].speed_words == "about 15 words/s"
    store.speeds.remember_writing("qwen2.5-1.5b-instruct", 100, 10.0)
    ladder = {rung.model.name: rung for rung in rungs(store, Settings(), ROOMY)}
    assert ladder["qwen2.5-1.5b-instruct"].speed_words == "8 words/s"
    assert (ladder["smollm2-1.7b-instruct"].speed.writing or 0) == pytest.approx(10, abs=1)


def test_the_best_is_offered_that_fits_and_writes_no_slower_than_it_is_read(tmp_path: Path) -> None:
    assert offered(store_with_speed(tmp_path / "fast", 200), ROOMY) == "qwen3-4b-instruct"
    assert offered(store_with_speed(tmp_path / "usual", 28), ROOMY) == "qwen2.5-1.5b-instruct"
    assert offered(store_with_speed(tmp_path / "fast", 200), Machine(1_700_000_000, 64 * 10**9)) == "llama-3.2-1b-instruct"
    assert offered(store_with_speed(tmp_path / "slow", 3), ROOMY) is None


def test_nothing_is_offered_where_no_speed_is_known_or_the_best_is_in_use(tmp_path: Path) -> None:
    assert offered(ModelStore(tmp_path), ROOMY) is None
    store = store_with_speed(tmp_path, 200)
    best = Settings.model_validate({"models": {"chat": "qwen3-4b-instruct"}})
    assert offered(store, ROOMY, best) is None
    assert offered(store, ROOMY, Settings(backend="ollama")) is None
