"""The record of one target, on a clock that the test turns."""

import pytest
from ayllu.backends.fallback.circuit import Circuit, Policy


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def circuit(clock: Clock) -> Circuit:
    return Circuit(Policy(errors=3, window_s=60, dwell_s=30, probes=2, check_s=10), clock)


def test_one_failure_leaves_it_out_until_the_next_good_look(circuit: Circuit) -> None:
    assert circuit.closed
    circuit.record_failure("refused")
    assert not circuit.closed
    assert circuit.reason == "refused"
    circuit.record_good_look()
    assert circuit.closed
    assert not circuit.reason


def test_errors_in_a_window_trip_it_and_older_ones_do_not_count(circuit: Circuit, clock: Clock) -> None:
    for wait in (0, 61, 10):
        clock.now += wait
        circuit.record_failure("torn")
    assert not circuit.tripped
    clock.now += 10
    circuit.record_failure("torn")
    assert circuit.tripped


def test_a_tripped_one_comes_back_after_its_dwell_and_enough_probes(circuit: Circuit, clock: Clock) -> None:
    for _ in range(3):
        circuit.record_failure("torn")
    circuit.record_good_look()
    circuit.record_good_look()
    assert not circuit.closed  # probes enough, but too soon
    clock.now += 30
    assert circuit.has_dwelt
    circuit.record_good_look()
    assert circuit.closed


def test_a_bad_probe_starts_the_count_anew(circuit: Circuit, clock: Clock) -> None:
    for _ in range(3):
        circuit.record_failure("torn")
    clock.now += 31
    circuit.record_good_look()
    circuit.record_failure("torn")
    circuit.record_good_look()
    assert not circuit.closed
    circuit.record_good_look()
    assert circuit.closed


def test_an_answer_says_more_than_any_look(circuit: Circuit) -> None:
    for _ in range(3):
        circuit.record_failure("torn")
    circuit.record_answer()
    assert circuit.closed
    assert circuit.is_fresh


def test_what_was_seen_grows_old(circuit: Circuit, clock: Clock) -> None:
    assert not circuit.is_fresh
    circuit.record_good_look()
    clock.now += 20
    assert circuit.is_fresh
    clock.now += 1
    assert not circuit.is_fresh
