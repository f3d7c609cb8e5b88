"""A better model is offered once, brought in the background, and what was decided is remembered."""

import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from ayllu import paths
from ayllu.app import Application, BetterModel, Machine, offer_text, set_in_file
from ayllu.backends import RawRequest
from ayllu.backends.base import Completion
from ayllu.backends.scripted import ScriptedBackend
from ayllu.models.downloads import DownloadFailed
from ayllu.models.manifest import ModelEntry

SMALL = "smollm2-135m-instruct"
ROOMY = Machine(memory=64 * 10**9, disk=64 * 10**9)


class Writes:
    """Raw completion that was seen to be fast."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self.requests = 0

    async def complete(self, request: RawRequest) -> Completion:
        self.requests += 1
        self._application.models.speeds.remember_writing(SMALL, 240, 4.0)
        return Completion("thirteen", 24)


@pytest.fixture
def application(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Application]:
    monkeypatch.setenv("AYLLU_MODELS", str(tmp_path / "models"))
    (tmp_path / "models").mkdir()
    monkeypatch.setattr("ayllu.app.ladder.Machine.look", lambda folder: ROOMY)
    with Application(paths.find(tmp_path / "home"), backend=ScriptedBackend()) as application:
        yield application


@pytest.fixture
def fast(application: Application) -> BetterModel:
    application.models.speeds.remember_writing(SMALL, 600, 10.0)
    return BetterModel(application)


def pulled(better: BetterModel, name: str) -> str:
    """What came of pulling it."""
    words: list[str] = []
    ended = threading.Event()

    def done(text: str) -> None:
        words.append(text)
        ended.set()

    better.pull(name, lambda label, done, total: None, done)
    assert ended.wait(30)
    return words[0]


async def test_the_best_that_fits_is_offered_with_its_size_speed_and_licence(fast: BetterModel) -> None:
    rung = await fast.offer()
    assert rung is not None
    assert offer_text(rung).endswith("Qwen3 4B Instruct 2507, Q4_K_M (2.5 GB, about 8 words/s here, Apache-2.0).")


async def test_the_model_at_work_is_measured_where_none_was_seen_writing(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = Writes(application)
    monkeypatch.setattr(application.backend, "raw", raw, raising=False)
    assert await BetterModel(application).offer() is not None
    assert await BetterModel(application).offer() is not None
    assert raw.requests == 1


async def test_who_has_chosen_or_declined_is_never_asked(application: Application, fast: BetterModel) -> None:
    rung = await fast.offer()
    assert rung is not None
    fast.decline(rung.model.name)
    assert await BetterModel(application).offer() is None
    (application.paths.home / "better-model").unlink()
    assert await BetterModel(application).offer() is not None
    set_in_file(application.paths.config, {"models": {"chat": SMALL}})
    assert await BetterModel(application).offer() is None


def test_what_was_pulled_is_written_into_the_settings(
    application: Application, fast: BetterModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ayllu.models.store.fetch", write_gguf)
    assert pulled(fast, "qwen2.5-0.5b-instruct").startswith("qwen2.5-0.5b-instruct is here")
    application.reload_settings()
    assert application.settings.models.chat == "qwen2.5-0.5b-instruct"
    assert fast.unfinished() == ""


async def test_a_hub_that_cannot_be_reached_is_told_of_once_and_the_small_model_stays(
    application: Application, fast: BetterModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ayllu.models.store.fetch", unreachable)
    text = pulled(fast, "qwen2.5-0.5b-instruct")
    assert "there is no network" in text
    assert "`ayllu models use qwen2.5-0.5b-instruct`" in text
    assert not application.paths.config.exists()
    assert await BetterModel(application).offer() is None
    assert BetterModel(application).unfinished() == ""


def test_a_pull_that_the_programs_end_cut_off_goes_on_at_the_next_start(
    application: Application, fast: BetterModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, goes_on = threading.Event(), threading.Event()

    def fetch(download: object, entry: ModelEntry, staging: Path, progress: Callable[..., None]) -> Mapping[str, str]:
        begun.set()
        goes_on.wait(30)
        raise DownloadFailed("the program ended")

    monkeypatch.setattr("ayllu.models.store.fetch", fetch)
    fast.pull("qwen2.5-0.5b-instruct", lambda label, done, total: None, lambda text: None)
    try:
        assert begun.wait(30)
        assert BetterModel(application).unfinished() == "qwen2.5-0.5b-instruct"
    finally:
        goes_on.set()


def write_gguf(download: object, entry: ModelEntry, staging: Path, progress: Callable[..., None]) -> Mapping[str, str]:
    for name in entry.files:
        (staging / name).write_bytes(b"GGUF and its weights")
    progress(entry.name, 1, 2)
    return {}


def unreachable(download: object, entry: ModelEntry, *rest: object) -> Mapping[str, str]:
    raise DownloadFailed("there is no network")
