"""Which corrections are learnt from, and which are held out."""

from collections.abc import Callable

from ayllu.feedback import FeedbackEvent
from ayllu.training import collect_corrections
from ayllu.training.data import already_learned, held_out_folds, split_corrections, split_folds
from ayllu.training.loop.plan import set_aside

MakeEvent = Callable[..., FeedbackEvent]


def test_a_conversation_is_never_split(make_event: MakeEvent) -> None:
    corrections, _ = collect_corrections([make_event(number, session=f"s{number % 10}") for number in range(40)], "span")
    learned, held_out = split_corrections(corrections, 0.2, seed=1)
    assert len(learned) + len(held_out) == 40
    assert 4 <= len(held_out) <= 12
    assert not {correction.group for correction in learned} & {correction.group for correction in held_out}
    parts = split_folds(corrections, 4)
    assert sorted(correction.event_id for part in parts for correction in part) == sorted(
        correction.event_id for correction in corrections
    )
    assert split_folds(corrections, 4) == parts


def test_few_corrections_are_all_held_out_once_and_of_many_as_many_fifths_as_tell_something(make_event: MakeEvent) -> None:
    few, _ = collect_corrections([make_event(number, session=f"s{number // 2}") for number in range(199)], "span")
    parts = held_out_folds(few)
    assert len(parts) == 2
    assert sorted(correction.event_id for part in parts for correction in part) == sorted(
        correction.event_id for correction in few
    )
    for count, fifths in ((200, 3), (300, 2), (600, 1), (900, 1)):
        many, _ = collect_corrections([make_event(number, session=f"s{number // 2}") for number in range(count)], "span")
        parts = held_out_folds(many)
        assert len(parts) == fifths
        for part in parts:
            assert count / 5 - 5 <= len(part) <= count / 5 + 5
            assert not {correction.group for correction in part} & {
                correction.group for correction in many if correction not in part
            }
        assert held_out_folds(many) == parts != held_out_folds(many, seed=1)


def test_one_long_chat_is_parted_by_its_questions(make_event: MakeEvent) -> None:
    for sessions in (1, 3):
        for count in (25, 250):
            corrections, _ = collect_corrections(
                [make_event(number, session=f"s{number % sessions}") for number in range(count)], "span"
            )
            for part in held_out_folds(corrections):
                assert count / 5 - 5 <= len(part) <= count / 2 + 5
        learned, held_out = set_aside(corrections, 0)
        assert (len(learned), len(held_out)) == (226, 24)


def test_what_the_adapter_in_use_has_learnt_from_is_not_held_out(make_event: MakeEvent) -> None:
    few, _ = collect_corrections([make_event(number, session=f"s{number // 2}") for number in range(100)], "span")
    learned_from = {f"s{number}" for number in range(35)}
    parts = held_out_folds(few, learned_from)
    assert len(parts) == 2
    assert {correction.group for part in parts for correction in part} == {f"s{number}" for number in range(35, 50)}
    all_but_some = {f"s{number}" for number in range(45)}
    assert sum(map(len, held_out_folds(few, all_but_some))) == 100  # ten would tell nothing
    many, _ = collect_corrections([make_event(number, session=f"s{number // 2}") for number in range(300)], "span")
    (part,) = held_out_folds(many, {f"s{number}" for number in range(130)})
    assert {correction.group for correction in part} == {f"s{number}" for number in range(130, 150)}
    (part,) = held_out_folds(many, {f"s{number}" for number in range(100)})
    assert 55 <= len(part) <= 65
    assert min(int(correction.group[1:]) for correction in part) >= 100
    parts = held_out_folds(many, {f"s{number}" for number in range(50)})
    assert [55 <= len(part) <= 65 for part in parts] == [True, True]
    assert min(int(correction.group[1:]) for part in parts for correction in part) >= 50


def test_of_one_long_chat_that_goes_on_only_what_is_new_is_held_out(make_event: MakeEvent) -> None:
    for count in (60, 250):
        corrections, _ = collect_corrections([make_event(number, session="s") for number in range(count)], "span")
        learned_from = {"s", *(correction.event_id for correction in corrections[: count // 2])}
        questions = {correction.event_id for part in held_out_folds(corrections, learned_from) for correction in part}
        assert len(questions) >= 30
        assert not questions & learned_from
        assert already_learned(corrections, learned_from) == learned_from - {"s"}
        assert len(already_learned(corrections, {"s"})) == count  # written down by an earlier version
