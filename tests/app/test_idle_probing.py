"""An idle chat finds out how its model is asked, and gives way to the person at once."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from autogen_core.models import LLMMessage
from ayllu import paths
from ayllu.app import Application, IdleProbing
from ayllu.backends.scripted import Reply, ScriptedBackend
from ayllu.models import Profile

HANGS = 5  # the call that takes for ever, unless it is broken off


class Model:
    """Refuses all it is asked."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, messages: Sequence[LLMMessage]) -> Reply:
        self.calls += 1
        return Reply("NOT IN THE DOCUMENTS", pause_s=3600.0 if self.calls == HANGS else 0.0)


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not is_so():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.002)


def idle(application: Application, look: Callable[[], object], notices: list[str]) -> asyncio.Task[None]:
    return asyncio.create_task(IdleProbing(application, look, notices.append, idle_s=0.0, look_s=0.002).run())


@pytest.fixture
def application(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Application:
    monkeypatch.setenv("AYLLU_AGENTS__PROBE", "auto")
    return Application(paths.find(tmp_path / "home"), backend=ScriptedBackend(otherwise=Model()))


async def test_a_question_in_the_middle_is_broken_off_and_what_was_answered_stays(application: Application) -> None:
    backend, typed, notices = application.backend, "", list[str]()
    assert isinstance(backend, ScriptedBackend)
    running = idle(application, lambda: typed, notices)
    await until(lambda: len(backend.client.calls) == HANGS)
    profiles = application.models.profiles
    assert profiles.answers("scripted-scripted-model") == HANGS - 1
    assert profiles.is_claimed("scripted-scripted-model")
    typed = "W"
    await until(lambda: bool(notices))
    running.cancel()
    profile = profiles.find("scripted-scripted-model")
    assert profile is not None
    assert (profile.leave, profile.believed, profile.origin) == ("none", False, "probe")
    prompts = [str(messages) for messages, _ in backend.client.calls]
    assert len(prompts) == len(set(prompts)) + 1  # the one that was broken off


@pytest.mark.parametrize("reason", ["switched off", "known", "answers elsewhere", "busy"])
async def test_nothing_is_asked(application: Application, monkeypatch: pytest.MonkeyPatch, reason: str) -> None:
    backend, looks = application.backend, 0
    assert isinstance(backend, ScriptedBackend)
    if reason == "switched off":
        application.override_settings({"agents.probe": "off"})
    elif reason == "known":
        backend.profile = Profile(origin="manifest")
    elif reason == "answers elsewhere":
        monkeypatch.setenv("AYLLU_BACKENDS__OPENAI__URL", "https://models.example.org/v1")
        application.override_settings({"backend": "openai"})

    def look() -> str | None:
        nonlocal looks
        looks += 1
        return None if reason == "busy" else ""

    running = idle(application, look, [])
    await until(lambda: looks > 20)
    running.cancel()
    assert not backend.client.calls
