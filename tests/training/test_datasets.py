"""Training data made of the log's corrections."""

from typing import Any, cast

import pytest
from ayllu.agents import Learnt
from ayllu.feedback import FeedbackEvent
from ayllu.training import TooLittle, build_examples, check_trainable, collect_corrections
from ayllu.training.data import corrections as datasets
from ayllu.training.loop import plan as tune

SENTENCES = ["The mill opened in 1887.", "Bread costs 3 euros.", "Ana Ruiz runs the library.", "The bridge is made of iron."]
ANSWERS = ["1887", "3 euros", "Ana Ruiz", "iron"]
QUESTIONS = ["When did the mill open?", "What does bread cost?", "Who runs the library?", "What is the bridge made of?"]


def event(at: int, answer: str | None = None, *, question: str | None = None, **more: Any) -> FeedbackEvent:
    text = SENTENCES[at % 4]
    message = {
        "message_id": f"m{at}",
        "session_id": more.pop("session", f"s{at}"),
        "question": question or f"{QUESTIONS[at % 4]} Case {at} of village {at * 7}",
        "messages": [{"prompt": "…", "completion": [], "context": text}],
        "passages": [{"n": 1, "text": f"{text} More words stand here, of case {at}."}],
        "sampling": {"style": "span"},
    }
    payload = {"correction": answer or f"{ANSWERS[at % 4]} [1]", "message": message}
    return FeedbackEvent(f"e{at}", "", "rating", f"m{at}", more.pop("supersedes", None), payload)


def test_examples_ask_as_the_tuned_writer_will() -> None:
    found, left_out = collect_corrections([event(0)], "span")
    made = build_examples(found, None, answers_only=True)
    assert left_out == {}
    assert sorted(one.prompt.count("\n") for one in made if isinstance(one.prompt, str)) == [4, 4]  # sentence and passage
    assert {one.completion for one in made} == {" 1887\n"}
    assert all(str(one.prompt).endswith("Question: When did the mill open? Case 0 of village 0\nAnswer:") for one in made)


def test_the_question_is_learnt_from_the_answer_too() -> None:
    found, _ = collect_corrections([event(0)], "span")
    (asking,) = [one for one in build_examples(found, None) if datasets.asks(one)]
    assert str(asking.prompt).endswith(f"Text: {SENTENCES[0]} More words stand here, of case 0.\nAnswer: 1887\nQuestion:")
    assert asking.completion == " When did the mill open? Case 0 of village 0\n"
    assert not any(datasets.asks(one) for one in build_examples(found, None, answers_only=True))


def test_of_the_best_passage_without_the_answer_it_is_learnt_to_say_so() -> None:
    shown = event(0)
    assert shown.payload is not None
    held = "The opening of the mill, in 1887, was a feast."
    shown.payload["message"]["passages"] += [
        {"n": n, "text": text} for n, text in enumerate([held, *SENTENCES[1:]], start=2)
    ]
    (one,) = collect_corrections([shown], "span")[0]
    found = [one, *collect_corrections([event(1)], "span")[0] * 99]
    assert not any(datasets.declines(one) for one in build_examples(found[:-1], None))
    (declining,) = [one for one in build_examples(found, None) if datasets.declines(one)]
    assert f"Text: {SENTENCES[1]}\nQuestion: When did the mill open?" in str(declining.prompt)
    assert declining.completion == " none\n"
    assert not any(datasets.declines(one) for one in build_examples(found, None, answers_only=True))


@pytest.mark.parametrize(("count", "told"), [(199, False), (200, True)])
def test_a_model_is_asked_whether_there_is_an_answer_once_it_has_learnt_it_often_enough(count: int, told: bool) -> None:
    made = [datasets.Example("Text: …\nQuestion: Who?\nAnswer:", " none\n", "g", f"e{at}") for at in range(count)]
    plan = tune.Plan(cast(Any, None), cast(Any, None), made, [], cast(Any, None), cast(Any, None))
    assert plan.learnt == Learnt(asks=False, declines=told)


def test_what_cannot_be_learnt_from_is_counted() -> None:
    prose = event(5)
    assert prose.payload is not None
    prose.payload["message"]["messages"] = [{"role": "user", "content": "Hello?"}]
    events = [
        event(0),
        event(1, "something in my own words"),
        event(2, supersedes="e3"),
        event(3),
        prose,
        FeedbackEvent("e9", "", "rating", "m9", None, None),  # forgotten
        FeedbackEvent("e10", "", "rating", "m10", None, {"rating": "up", "message": {}}),
    ]
    found, left_out = collect_corrections(events, "span")
    assert [one.event_id for one in found] == ["e0", "e2"]
    assert left_out == {
        "not copied from the passages shown": 1,
        "written for another style (prose)": 1,
        "without a correction": 1,
    }


def test_near_duplicates_and_evaluation_questions_are_taken_out() -> None:
    long = "When did the old mill by the river in the upper part of the village first open its doors to people"
    events = [event(0, question=f"{long}?"), event(4, question=f"{long.upper()}!"), event(8, question=QUESTIONS[1])]
    found, left_out = collect_corrections(events, "span", avoid=["what does bread cost"])
    assert [one.event_id for one in found] == ["e4"]  # the later word stands
    assert left_out == {"duplicates": 1, "also in an evaluation set": 1}


def test_too_little_is_refused_with_the_numbers() -> None:
    found, left_out = collect_corrections([event(at) for at in range(5)], "span")
    with pytest.raises(TooLittle, match=r"There are 5 corrections .* at least 8"):
        check_trainable(found, left_out)


def test_ratings_alone_are_nothing_to_learn_from_and_that_is_said() -> None:
    rated = [event(at) for at in range(40)]
    for at, one in enumerate(rated):
        assert one.payload is not None
        del one.payload["correction"]  # type: ignore[attr-defined]
        one.payload["rating"] = ("up", "down")[at * 7 % 2]  # type: ignore[index]
    found, left_out = collect_corrections(rated, "span")
    with pytest.raises(TooLittle, match=r"0 corrections to learn from.*40 without a correction"):
        check_trainable(found, left_out)


def test_the_passage_that_a_correction_cites_is_known() -> None:
    one = event(0, "1887 [2]")
    assert one.payload is not None
    one.payload["message"]["passages"].append({"n": 2, "text": "Opened in 1887."})
    (found,), _ = collect_corrections([one], "span")
    assert found.cited == "Opened in 1887."


def test_one_and_the_same_answer_is_refused() -> None:
    found, left_out = collect_corrections([event(at * 4) for at in range(12)], "span")
    with pytest.raises(TooLittle, match="12 of 12 corrections say the same"):
        check_trainable(found, left_out)


def test_a_conversation_is_never_split() -> None:
    found, _ = collect_corrections([event(at, session=f"s{at % 10}") for at in range(40)], "span")
    learnt, held = datasets.split(found, 0.2, seed=1)
    assert len(learnt) + len(held) == 40
    assert 4 <= len(held) <= 12
    assert not {one.group for one in learnt} & {one.group for one in held}
    parts = datasets.folds(found, 4)
    assert sorted(one.event_id for part in parts for one in part) == sorted(one.event_id for one in found)
    assert datasets.folds(found, 4) == parts


def test_few_corrections_are_all_held_out_once_and_of_many_as_many_fifths_as_tell_something() -> None:
    few, _ = collect_corrections([event(at, session=f"s{at // 2}") for at in range(199)], "span")
    parts = datasets.held_out(few)
    assert len(parts) == 4
    assert sorted(one.event_id for part in parts for one in part) == sorted(one.event_id for one in few)
    for count, fifths in ((200, 3), (300, 2), (600, 1), (900, 1)):
        many, _ = collect_corrections([event(at, session=f"s{at // 2}") for at in range(count)], "span")
        parts = datasets.held_out(many)
        assert len(parts) == fifths
        for part in parts:
            assert count / 5 - 5 <= len(part) <= count / 5 + 5
            assert not {one.group for one in part} & {one.group for one in many if one not in part}
        assert datasets.held_out(many) == parts != datasets.held_out(many, seed=1)


def test_one_long_chat_is_parted_by_its_questions() -> None:
    for sessions in (1, 3):
        for count in (25, 250):
            found, _ = collect_corrections([event(at, session=f"s{at % sessions}") for at in range(count)], "span")
            for part in datasets.held_out(found):
                assert count / 5 - 5 <= len(part) <= count / 4 + 5
        learnt, held = tune.aside(found, 0)
        assert (len(learnt), len(held)) == (226, 24)


def test_what_the_adapter_in_use_has_learnt_from_is_not_held_out() -> None:
    few, _ = collect_corrections([event(at, session=f"s{at // 2}") for at in range(100)], "span")
    known = {f"s{at}" for at in range(35)}
    parts = datasets.held_out(few, known)
    assert len(parts) == 4
    assert {one.group for part in parts for one in part} == {f"s{at}" for at in range(35, 50)}
    all_but_some = {f"s{at}" for at in range(45)}
    assert sum(map(len, datasets.held_out(few, all_but_some))) == 100  # ten would tell nothing
    many, _ = collect_corrections([event(at, session=f"s{at // 2}") for at in range(300)], "span")
    (part,) = datasets.held_out(many, {f"s{at}" for at in range(130)})
    assert {one.group for one in part} == {f"s{at}" for at in range(130, 150)}
    (part,) = datasets.held_out(many, {f"s{at}" for at in range(100)})
    assert 55 <= len(part) <= 65
    assert min(int(one.group[1:]) for one in part) >= 100
    parts = datasets.held_out(many, {f"s{at}" for at in range(50)})
    assert [55 <= len(part) <= 65 for part in parts] == [True, True]
    assert min(int(one.group[1:]) for part in parts for one in part) >= 50


def test_of_one_long_chat_that_goes_on_only_what_is_new_is_held_out() -> None:
    for count in (60, 250):
        found, _ = collect_corrections([event(at, session="s") for at in range(count)], "span")
        known = {"s", *(one.event_id for one in found[: count // 2])}
        asked = {one.event_id for part in datasets.held_out(found, known) for one in part}
        assert len(asked) >= 30
        assert not asked & known
        assert datasets.learnt_already(found, known) == known - {"s"}
        assert len(datasets.learnt_already(found, {"s"})) == count  # written down by an earlier version


def test_the_digest_changes_with_the_data() -> None:
    one, two = (build_examples(collect_corrections([event(at)], "span")[0], None) for at in (0, 1))
    assert datasets.digest(one) == datasets.digest(list(one))
    assert datasets.digest(one) != datasets.digest(two)
