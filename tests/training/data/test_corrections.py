"""What of the log can be learnt from."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from ayllu.conversations import ChatMessage, ShownPassage
from ayllu.evaluation import EvalQuestion
from ayllu.feedback import FeedbackEvent
from ayllu.retrieval import HashingEmbedder
from ayllu.tests.exchanges import exchange
from ayllu.training import TooLittle, build_examples, check_trainable, collect_corrections

MakeEvent = Callable[..., FeedbackEvent]


def test_what_cannot_be_learnt_from_is_counted(make_event: MakeEvent) -> None:
    events = [
        make_event(0),
        make_event(1, "something in my own words"),
        make_event(2),
        make_event(5, style="prose"),
        FeedbackEvent("e9", "", "rating", "m9", None, None),  # forgotten
        FeedbackEvent("e10", "", "rating", "m10", None, {"rating": "up", "message": {}}),
    ]
    corrections, left_out = collect_corrections(events, "span")
    assert [correction.event_id for correction in corrections] == ["e0", "e2", "e5"]
    assert left_out == {"not in words of the passages shown": 1, "without a correction": 1}


def test_a_model_of_either_style_learns_from_the_corrections_of_the_other(make_event: MakeEvent) -> None:
    """Whoever changes the model loses no correction: only a model that points needs words of the text."""
    events = [make_event(0, "1887 [1]"), make_event(1, "Dear, I think.", style="prose"), make_event(2, style="prose")]
    pointing, left_out = collect_corrections(events, "span")
    assert [(each.event_id, each.answer, each.style) for each in pointing] == [
        ("e0", "1887", "span"),
        ("e2", "Ana Ruiz", "span"),
    ]
    assert left_out == {"not in words of the passages shown": 1}
    writing, left_out = collect_corrections(events, "prose")
    assert left_out == {}
    assert [each.prose for each in writing] == ["1887 [1]", "Dear, I think.", "Ana Ruiz [1]"]
    example = next(each for each in build_examples(writing, None) if each.event_id == "e0")
    assert '[1] "/docs/a.md"\nThe mill opened in 1887.' in example.prompt[1]["content"]


def test_a_correction_that_rests_on_what_was_not_in_the_prompt_is_taught_over_all_that_was_shown() -> None:
    passages = [ShownPassage(n, f"c{n}", "/docs/a.md", None, text) for n, text in ((1, "A red bridge."), (2, "By Ana."))]
    prompt = ChatMessage("user", 'Passages:\n\n[1] "/docs/a.md"\nA red bridge.\n\nQuestion: Who built it?')
    kept = exchange(question="Who built it?", style="prose", prompts=(prompt,), passages=passages)

    def taught(correction: str) -> Any:
        payload = {"correction": correction, "message": kept.to_json()}
        (read,), _ = collect_corrections([FeedbackEvent("e", "", "rating", "m1", None, payload)], "prose")
        return build_examples([read], None)[0].prompt

    assert taught("It is red [1].") == [{"role": "user", "content": prompt.content}]
    assert '[2] "/docs/a.md"\nBy Ana.' in taught("Ana did [2].")[1]["content"]


def test_a_correction_without_marks_gets_those_of_the_passages_that_support_it() -> None:
    def mark(question: str, answer: str, passages: Sequence[ShownPassage]) -> str:
        (place,) = [place for place, passage in enumerate(passages, start=1) if "Ana" in passage.text]
        return f"{answer.removesuffix('.')} [{place}]."

    event = prose_event("Ana built it.", asked_model=True)
    (correction,), _ = collect_corrections([event], "prose", mark=mark)
    assert correction.prose == "Ana built it [2]."
    (own,), _ = collect_corrections([prose_event("Ana [2].", asked_model=True)], "prose", mark=mark)
    assert own.prose == "Ana [1]."  # a person's own marks stand, as the model saw the passages


def test_near_duplicates_and_evaluation_questions_are_taken_out(make_event: MakeEvent) -> None:
    long = "When did the old mill by the river in the upper part of the village first open its doors to people"
    events = [
        make_event(0, question=f"{long}?"),
        make_event(4, question=f"{long.upper()}!"),
        make_event(8, question="What does bread cost?"),
    ]
    corrections, left_out = collect_corrections(
        events, "span", avoid=[EvalQuestion("q", "what does bread cost", ["2 euros"], {})]
    )
    assert [correction.event_id for correction in corrections] == ["e4"]  # the later word stands
    assert left_out == {"duplicates": 1, "also in an evaluation set": 1}


def test_nearly_the_same_question_counts_once_and_with_another_answer_twice(make_event: MakeEvent) -> None:
    long = "When did the old mill by the river, of which the letter that came with the spring flood told the mayor and all"
    long += " who lived in the upper part of the village, first open its heavy doors to the people who had built it"
    events = [make_event(0, question=f"{long}?"), make_event(4, question=f"{long} then?")]
    corrections, left_out = collect_corrections(events, "span", embedder=HashingEmbedder())
    assert [correction.event_id for correction in corrections] == ["e4"]
    assert left_out == {"near duplicates": 1}
    other = make_event(8, "of case 8", question=f"{long} then?")
    assert len(collect_corrections([events[0], other], "span", embedder=HashingEmbedder())[0]) == 2


def test_what_an_evaluation_set_asks_in_other_words_is_taken_out_where_it_is_answered_alike(make_event: MakeEvent) -> None:
    long = "When did the old mill by the river in the upper part of the village first open its doors to all people"
    event = make_event(0, question=f"{long}?")
    for answers, kept in ((["In 1887", "1887"], 0), (["1901"], 1), ([], 1)):
        question = EvalQuestion("q", f"{long} then?", answers, {})
        assert len(collect_corrections([event], "span", [question], HashingEmbedder())[0]) == kept


def test_too_little_is_refused_with_the_numbers(make_event: MakeEvent) -> None:
    corrections, left_out = collect_corrections([make_event(number) for number in range(5)], "span")
    with pytest.raises(TooLittle, match=r"There are 5 corrections .* at least 8"):
        check_trainable(corrections, left_out)


def test_ratings_alone_are_nothing_to_learn_from_and_that_is_said() -> None:
    rated = [
        FeedbackEvent(f"e{number}", "", "rating", f"m{number}", None, {"rating": ("up", "down")[number % 2]})
        for number in range(40)
    ]
    corrections, left_out = collect_corrections(rated, "span")
    with pytest.raises(TooLittle, match=r"0 corrections to learn from.*40 without a correction"):
        check_trainable(corrections, left_out)


def test_the_passage_that_a_correction_cites_is_known(make_event: MakeEvent) -> None:
    event = make_event(0, "1887 [2]", passages=["The mill opened in 1887.", "Opened in 1887."])
    (correction,), _ = collect_corrections([event], "span")
    assert (correction.answer, correction.cited) == ("1887", "Opened in 1887.")


def test_one_and_the_same_answer_is_refused(make_event: MakeEvent) -> None:
    corrections, left_out = collect_corrections([make_event(number * 4) for number in range(12)], "span")
    with pytest.raises(TooLittle, match="12 of 12 corrections say the same"):
        check_trainable(corrections, left_out)


def test_the_mark_of_a_correction_is_the_one_that_was_on_screen() -> None:
    """Passages are kept best first; on screen the cited ones are numbered first."""
    passages = [ShownPassage(n, f"c{n}", "/docs/a.md", None, text) for n, text in ((2, "A red bridge."), (1, "Iron."))]
    payload = {"correction": "Iron [1]", "message": exchange(passages=passages).to_json()}
    (correction,), _ = collect_corrections([FeedbackEvent("e", "", "rating", "m1", None, payload)], "span")
    assert correction.cited == "Iron."


def test_a_damaged_event_is_counted_and_the_others_are_learnt_from(make_event: MakeEvent) -> None:
    damaged = FeedbackEvent("e9", "", "rating", "m9", None, {"correction": "1887", "message": {"question": "When?"}})
    corrections, left_out = collect_corrections([damaged, make_event(0)], "span")
    assert [correction.event_id for correction in corrections] == ["e0"]
    assert left_out == {"unreadable": 1}


def prose_event(correction: str, *, asked_model: bool, question: str = "Who built it?") -> FeedbackEvent:
    """A correction of an answer in prose whose passages stand on screen the other way round, cited ones first."""
    kept = exchange(
        question=question,
        style="prose",
        prompts=(ChatMessage("system", "Answer."), ChatMessage("user", question)) if asked_model else (),
        passages=[ShownPassage(n, f"c{n}", "/docs/a.md", None, text) for n, text in ((2, "A red bridge."), (1, "By Ana."))],
        answered={"kind": "draft" if asked_model else "abstained"},
    )
    return FeedbackEvent("e1", "", "rating", "m1", None, {"correction": correction, "message": kept.to_json()})


def test_prose_is_taught_with_its_marks_as_the_model_saw_the_passages() -> None:
    event = prose_event("Ana built it [1].\n\nIt is red [2] [7].", asked_model=True)
    (correction,), _ = collect_corrections([event], "prose")
    assert correction.answer == "Ana built it. It is red."
    (example,) = build_examples([correction], None)
    assert example.completion == "Ana built it [2].\n\nIt is red [1]."
    assert example.prompt == [{"role": "system", "content": "Answer."}, {"role": "user", "content": "Who built it?"}]


def test_the_correction_of_a_wrong_abstention_is_taught_by_the_prompt_that_was_not_sent() -> None:
    event = prose_event("Ana [1].", asked_model=False, question="Please summarise the bridge")
    (correction,), left_out = collect_corrections([event], "prose")
    assert left_out == {}
    (example,) = build_examples([correction], None)
    system, user = example.prompt
    assert system["content"].startswith("You answer questions from the numbered passages")
    assert user["content"].index("A red bridge.") < user["content"].index("By Ana.")
    assert "\n\nQuestion: Please summarise the bridge\n\n" in user["content"]
    assert example.completion == "Ana [2]."


def test_without_a_style_each_correction_is_taught_in_its_own(make_event: MakeEvent) -> None:
    corrections, left_out = collect_corrections([make_event(0), prose_event("Ana [1].", asked_model=True)], None)
    assert [correction.style for correction in corrections] == ["span", "prose"]
    assert left_out == {}
