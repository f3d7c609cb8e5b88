"""How many threads decode."""

import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from ayllu.backends import RawRequest
from ayllu.backends.llamacpp.backend import LlamaCppBackend
from ayllu.backends.llamacpp.threads import CpuLoad, decoding_threads, is_restart_worthwhile, usable_threads
from ayllu.config import LlamaCppSettings
from ayllu.models import ModelStore


@pytest.mark.parametrize(("cores", "left"), [(1, 1), (2, 2), (3, 2), (4, 3), (16, 15)])
def test_a_core_is_left_where_there_are_more_than_two(cores: int, left: int) -> None:
    assert usable_threads(cores) == left
    assert decoding_threads(cores, 0.0) == left


@pytest.mark.parametrize(
    ("cores", "busy", "left"),
    [(2, 0.3, 2), (2, 0.9, 1), (2, 2.0, 1), (1, 1.0, 1), (8, 0.9, 7), (8, 3.1, 5), (8, 8.0, 1), (4, 0.2, 3)],
)
def test_others_at_work_take_their_cores_away(cores: int, busy: float, left: int) -> None:
    assert decoding_threads(cores, busy) == left


def test_threads_fall_at_once_and_rise_where_a_restart_is_worthwhile() -> None:
    assert is_restart_worthwhile(2, 1, watched_s=5)
    assert not is_restart_worthwhile(1, 1, watched_s=60)
    assert not is_restart_worthwhile(1, 2, watched_s=5)
    assert is_restart_worthwhile(1, 2, watched_s=60)
    assert not is_restart_worthwhile(7, 8, watched_s=60)
    assert is_restart_worthwhile(3, 7, watched_s=5)


def test_a_stranger_at_work_is_seen_and_our_own_work_is_not() -> None:
    spin = "import time\nend = time.monotonic() + 20\nwhile time.monotonic() < end: pass"
    load = CpuLoad()
    end = time.monotonic() + 0.5
    with subprocess.Popen([sys.executable, "-c", spin]) as ours:
        while time.monotonic() < end:
            pass
        quiet = load.busy_cores()
        ours.kill()
    # one that is not our child any more: its parent has gone
    orphan = f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {spin!r}], stdout=-3, stderr=-3).pid)"
    pid = subprocess.run([sys.executable, "-c", orphan], capture_output=True, text=True, check=True).stdout
    try:
        load.busy_cores()
        time.sleep(0.5)
        assert load.age_s >= 0.5
        busy = load.busy_cores()
    finally:
        subprocess.run(["kill", "-9", pid.strip()], check=True)
    assert busy > 0.2
    assert quiet < load.cores  # what else this machine does is not ours to say


class FixedLoad(CpuLoad):
    """A machine of four cores, `busy` of which are so."""

    age_s = 6.0

    def __init__(self, busy: float) -> None:
        self.cores, self.busy = 4, busy

    def busy_cores(self) -> float:
        return self.busy


@pytest.fixture
async def open_with(tiny_gguf: Path, store: ModelStore) -> AsyncIterator[Callable[..., LlamaCppBackend]]:
    opened: list[LlamaCppBackend] = []

    def open_it(load: CpuLoad, **table: object) -> LlamaCppBackend:
        settings = LlamaCppSettings(context=512, **table)
        opened.append(LlamaCppBackend("llamacpp", settings, store, model=str(tiny_gguf), load=load))
        return opened[-1]

    yield open_it
    for backend in opened:
        await backend.close()


async def test_what_the_settings_say_is_done(open_with: Callable[..., LlamaCppBackend]) -> None:
    backend = open_with(FixedLoad(0.0), threads=1)
    assert backend.threads is None
    await backend.start()
    assert backend.threads == 1


async def test_threads_follow_the_load_between_two_questions(
    open_with: Callable[..., LlamaCppBackend], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ayllu.backends.llamacpp.backend._CHEAP_START_S", 300.0)  # this machine may be slow
    load = FixedLoad(3.0)
    backend = open_with(load)
    request = RawRequest("The capital of France is", max_tokens=2)
    await backend.start()
    first, before = backend.pid, (await backend.raw.complete(request)).text
    assert backend.threads == 1
    load.busy = 2.0
    await backend.start()
    assert (backend.threads, backend.pid) == (1, first)  # one more is not worth it
    load.age_s = 60.0
    with backend.reserve_slot():
        await backend.start()
        assert backend.pid == first  # not while somebody is answered
    await backend.start()
    assert backend.threads == 2  # after a pause it is
    load.busy = 0.0
    await backend.start()
    assert backend.threads == 3
    assert (await backend.raw.complete(request)).text == before
