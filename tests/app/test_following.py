"""A chat that runs goes over to the model that is chosen meanwhile."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from ayllu import paths
from ayllu.app import Application, ModelFollower, set_in_file
from ayllu.backends.errors import BackendFailed
from ayllu.backends.scripted import ScriptedBackend


class Opened(ScriptedBackend):
    """Says whether it was started and closed."""

    def __init__(self, model: str, *, fails: bool = False) -> None:
        super().__init__(model=model)
        self._fails = fails
        self.started = self.closed = False

    async def start(self) -> None:
        if self._fails:
            raise BackendFailed("It does not load.", hint="Take another.")
        self.started = True

    async def close(self) -> None:
        self.closed = True


@pytest.fixture
def old() -> Opened:
    return Opened("old")


@pytest.fixture
def application(tmp_path: Path, old: Opened) -> Iterator[Application]:
    with Application(paths.find(tmp_path / "home"), backend=old) as application:
        yield application


async def test_a_model_chosen_meanwhile_is_loaded_and_then_the_old_one_closed(
    application: Application, old: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    new, warned = Opened("new"), list[str]()
    monkeypatch.setattr(application, "open_backend", lambda name: new)
    follower = ModelFollower(application)
    assert await follower.follow(warned.append) == ""
    set_in_file(application.paths.config, {"models": {"chat": "qwen2.5-0.5b-instruct"}})
    assert await follower.follow(warned.append) == "new"
    assert application.backend is new
    assert (new.started, old.closed, warned) == (True, True, [])
    set_in_file(application.paths.config, {"collection": "another"})
    assert await follower.follow(warned.append) == ""


async def test_a_model_that_does_not_load_is_named_and_the_old_one_goes_on(
    application: Application, old: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    new, warned = Opened("new", fails=True), list[str]()
    monkeypatch.setattr(application, "open_backend", lambda name: new)
    follower = ModelFollower(application)
    set_in_file(application.paths.config, {"models": {"chat": "qwen2.5-0.5b-instruct"}})
    assert await follower.follow(warned.append) == ""
    assert application.backend is old
    assert (old.closed, new.closed) == (False, True)
    assert "It does not load." in warned[0]
    assert application.settings.models.chat == "smollm2-135m-instruct"


async def test_a_settings_file_that_is_being_edited_changes_nothing(application: Application, old: Opened) -> None:
    follower, warned = ModelFollower(application), list[str]()
    application.paths.config.parent.mkdir(exist_ok=True)
    application.paths.config.write_text("[models\n", "utf-8")
    assert await follower.follow(warned.append) == ""
    assert application.backend is old
    assert "is not followed" in warned[0]
