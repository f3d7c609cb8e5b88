"""How many tokens of passages a prompt may have."""

from ayllu.agents.reading import budget_for

USUAL = {"context": 4096, "answer": 512, "frame": 100, "unread": 40, "seconds": 8.0, "passed_s": 0.1}


def test_a_slow_machine_reads_what_the_seconds_allow_and_a_fast_one_what_the_context_holds() -> None:
    slow, fast = budget_for(**USUAL, speed=50.0), budget_for(**USUAL, speed=50_000.0)
    assert slow.reading is not None
    assert 200 < slow.reading + 40 < 50 * 8
    assert fast.reading == fast.context == 4096 - 512 - 100


def test_an_unknown_speed_bounds_nothing_but_the_context() -> None:
    assert budget_for(**USUAL, speed=None).reading is None


def test_a_context_shorter_than_the_longest_answer_still_has_room_for_a_passage() -> None:
    assert budget_for(**{**USUAL, "context": 512}, speed=None).context == 28
    assert budget_for(**{**USUAL, "context": 64}, speed=10.0).context == 1


def test_time_that_is_gone_already_is_not_read_in() -> None:
    assert budget_for(**{**USUAL, "passed_s": 9.0}, speed=50.0).reading == 1
