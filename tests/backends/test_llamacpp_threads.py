"""How many threads decode."""

import subprocess
import sys
import time

import pytest
from ayllu.backends import RawRequest
from ayllu.backends.llamacpp.backend import LlamaCppBackend
from ayllu.backends.llamacpp.threads import Others, threads, usable, worth_a_start
from ayllu.config import LlamaCppSettings
from ayllu.models import DEFAULT_CHAT, ModelStore


@pytest.mark.parametrize(("of", "left"), [(1, 1), (2, 2), (3, 2), (4, 3), (16, 15)])
def test_a_core_is_left_where_there_are_more_than_two(of: int, left: int) -> None:
    assert usable(of) == left
    assert threads(of, 0.0) == left


@pytest.mark.parametrize(
    ("of", "busy", "left"),
    [(2, 0.3, 2), (2, 0.9, 1), (2, 2.0, 1), (1, 1.0, 1), (8, 0.9, 7), (8, 3.1, 5), (8, 8.0, 1), (4, 0.2, 3)],
)
def test_others_at_work_take_their_cores_away(of: int, busy: float, left: int) -> None:
    assert threads(of, busy) == left


def test_threads_fall_at_once_and_rise_where_it_is_worth_a_start() -> None:
    assert worth_a_start(2, 1, watched_s=5)
    assert not worth_a_start(1, 1, watched_s=60)
    assert not worth_a_start(1, 2, watched_s=5)
    assert worth_a_start(1, 2, watched_s=60)
    assert not worth_a_start(7, 8, watched_s=60)
    assert worth_a_start(3, 7, watched_s=5)


def test_a_stranger_at_work_is_seen_and_our_own_work_is_not() -> None:
    spin = "import time\nend = time.monotonic() + 20\nwhile time.monotonic() < end: pass"
    others = Others()
    end = time.monotonic() + 0.5
    with subprocess.Popen([sys.executable, "-c", spin]) as ours:
        while time.monotonic() < end:
            pass
        quiet = others.busy()
        ours.kill()
    # one that is not our child any more: its parent has gone
    orphan = f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {spin!r}], stdout=-3, stderr=-3).pid)"
    pid = subprocess.run([sys.executable, "-c", orphan], capture_output=True, text=True, check=True).stdout
    try:
        others.busy()
        time.sleep(0.5)
        assert others.age_s >= 0.5
        busy = others.busy()
    finally:
        subprocess.run(["kill", "-9", pid.strip()], check=True)
    assert busy > 0.2
    assert quiet < others.cores  # what else this machine does is not ours to say


class Told(Others):
    """A machine of four cores whose load is as told."""

    age_s = 6.0

    def __init__(self, load: float) -> None:
        self.cores, self.load = 4, load

    def busy(self) -> float:
        return self.load


@pytest.mark.model
async def test_what_the_settings_say_is_done(models: ModelStore) -> None:
    table = LlamaCppSettings(threads=1, context=512)
    backend = LlamaCppBackend("llamacpp", table, models, model=DEFAULT_CHAT, others=Told(load=0.0))
    assert backend.threads is None
    try:
        await backend.start()
        assert backend.threads == 1
    finally:
        await backend.close()


@pytest.mark.model
async def test_threads_follow_the_load_between_two_questions(models: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ayllu.backends.llamacpp.backend._CHEAP_START_S", 300.0)  # this machine may be slow
    others = Told(load=3.0)
    backend = LlamaCppBackend("llamacpp", LlamaCppSettings(context=512), models, model=DEFAULT_CHAT, others=others)
    assert backend.raw is not None
    request = RawRequest("The capital of France is", max_tokens=2)
    try:
        await backend.start()
        first, before = backend.pid, (await backend.raw.complete(request)).text
        assert backend.threads == 1
        others.load = 2.0
        await backend.start()
        assert (backend.threads, backend.pid) == (1, first)  # one more is not worth it
        others.age_s = 60.0
        with backend.place():
            await backend.start()
            assert backend.pid == first  # not while somebody is answered
        await backend.start()
        assert backend.threads == 2  # after a pause it is
        others.load = 0.0
        await backend.start()
        assert backend.threads == 3
        assert (await backend.raw.complete(request)).text == before
    finally:
        await backend.close()
