"""Training examples, made of corrections."""

from collections.abc import Callable

import pytest
from ayllu.feedback import FeedbackEvent
from ayllu.training import build_examples, collect_corrections
from ayllu.training.data import dataset_digest

MakeEvent = Callable[..., FeedbackEvent]
SENTENCES = ["The mill opened in 1887.", "Bread costs 3 euros.", "Ana Ruiz runs the library."]


def test_examples_ask_as_the_tuned_writer_will(make_event: MakeEvent) -> None:
    corrections, left_out = collect_corrections([make_event(0)], "span")
    examples = build_examples(corrections, None, answers_only=True)
    assert left_out == {}
    assert sorted(str(example.prompt).count("\n") for example in examples) == [4, 4]  # sentence and passage
    assert {example.completion for example in examples} == {" 1887\n"}
    question = "Question: When did the mill open? Case 0 of village 0\nAnswer:"
    assert all(str(example.prompt).endswith(question) for example in examples)


def test_the_question_is_learnt_from_the_answer_too(make_event: MakeEvent) -> None:
    corrections, _ = collect_corrections([make_event(0)], "span")
    (asking,) = [example for example in build_examples(corrections, None) if example.asks]
    assert str(asking.prompt).endswith(f"Text: {SENTENCES[0]} More words stand here, of case 0.\nAnswer: 1887\nQuestion:")
    assert asking.completion == " When did the mill open? Case 0 of village 0\n"
    assert not any(example.asks for example in build_examples(corrections, None, answers_only=True))


def test_of_the_best_passage_without_the_answer_it_is_learnt_to_say_so(make_event: MakeEvent) -> None:
    shown = [f"{SENTENCES[0]} More words.", "The opening of the mill, in 1887, was a feast.", *SENTENCES[1:]]
    (correction,), _ = collect_corrections([make_event(0, passages=shown)], "span")
    corrections = [correction, *collect_corrections([make_event(1)], "span")[0] * 99]
    assert not any(example.declines for example in build_examples(corrections[:-1], None))
    (declining,) = [example for example in build_examples(corrections, None) if example.declines]
    assert f"Text: {SENTENCES[1]}\nQuestion: When did the mill open?" in str(declining.prompt)
    assert declining.completion == " none\n"
    assert not any(example.declines for example in build_examples(corrections, None, answers_only=True))


def test_prose_is_learnt_from_the_messages_as_sent(make_event: MakeEvent) -> None:
    corrections, _ = collect_corrections([make_event(0, "In my own words.", style="prose")], "prose")
    (example,) = build_examples(corrections, None)
    assert example.prompt == [{"role": "user", "content": "Hello?"}]
    assert example.completion == "In my own words."
    assert not example.asks
    assert not example.declines


@pytest.mark.parametrize("seed", [0, 1])
def test_the_digest_changes_with_the_data_and_with_nothing_else(make_event: MakeEvent, seed: int) -> None:
    first, second = (build_examples(collect_corrections([make_event(number)], "span")[0], None, seed) for number in (0, 1))
    assert dataset_digest(first) == dataset_digest(list(first))
    assert dataset_digest(first) != dataset_digest(second)
