"""Work spread over the cores."""

import threading

import pytest
from ayllu.retrieval.embedders import cores


def test_everything_is_done_and_in_several_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cores, "usable_cores", lambda: 3)
    together = threading.Barrier(3, timeout=10)  # as many must be at work at once
    done: list[int] = []

    def work(index: int) -> None:
        if index < 3:
            together.wait()
        done.append(index)

    cores.run_on_all_cores(work, range(50))
    assert sorted(done) == list(range(50))


def test_an_error_ends_the_work_and_comes_out() -> None:
    done: list[int] = []

    def work(index: int) -> None:
        if index == 5:
            raise ValueError("the fifth")
        done.append(index)

    with pytest.raises(ValueError, match="the fifth"):
        cores.run_on_all_cores(work, range(10_000))
    assert len(done) < 10_000


def test_nothing_to_do_is_no_work() -> None:
    cores.run_on_all_cores(lambda index: pytest.fail("called"), [])


def test_work_that_is_no_longer_wanted_ends_before_the_next_piece() -> None:
    done: list[int] = []
    with pytest.raises(cores.WorkStopped), cores.stopped_by(lambda: len(done) >= 3):
        cores.run_on_all_cores(done.append, range(10_000))
    assert len(done) < 3 + cores.usable_cores()
    cores.run_on_all_cores(done.append, range(10))
    assert len(done) >= 13
