"""Whether the documents answer."""

from pathlib import Path

import pytest
from ayllu.agents.asking import with_history
from ayllu.agents.judging import CALIBRATION, Signals, answerable, confirmed, confirmed_by_draft, measure_signals
from ayllu.agents.judging.signals import coverage
from ayllu.retrieval import Library, load_sample


@pytest.mark.model
def test_a_few_documents_answer_as_surely_as_among_many_others(real_library: Library, tmp_path: Path) -> None:
    (tmp_path / "herbs.md").write_text("Basil is a herb. The herb basil likes warmth.")
    (tmp_path / "mint.md").write_text("Basil and mint are herbs. This herb is no basil.")
    question = "Which warmth does the herb basil favour?"

    def signals() -> Signals:
        real_library.ingest([str(tmp_path)], collection="c")
        return measure_signals(real_library, question, real_library.retrieve(question, collection="c"))

    alone = signals()
    for number in range(150):
        (tmp_path / f"{number}.md").write_text(f"Notes of number {number}.")
    among_many = signals()
    assert 0.5 < alone.passage_coverage == pytest.approx(among_many.passage_coverage, abs=0.05)
    assert 0.5 < alone.pair_coverage == pytest.approx(among_many.pair_coverage, abs=0.05)


@pytest.mark.model
def test_a_follow_up_is_not_answered_by_the_words_of_the_turn_before(real_library: Library) -> None:
    collection = load_sample(real_library)

    def probability(second: str) -> float:
        query = with_history(second, [("How old must members be to borrow the chainsaw?", "21")])
        return answerable(measure_signals(real_library, query, real_library.retrieve(query, collection=collection), second))

    assert probability("Which petrol does it run on?") > CALIBRATION.threshold > probability("What colour is it?")


@pytest.mark.model
def test_what_happens_is_asked_for_and_stands_in_no_document(real_library: Library) -> None:
    collection = load_sample(real_library)

    def probability(question: str) -> float:
        return answerable(measure_signals(real_library, question, real_library.retrieve(question, collection=collection)))

    assert probability("What happens if I return it late?") > CALIBRATION.threshold
    assert probability("What happens if I'm late?") > probability("What happens if I sell it?")
    assert probability("What happens if I sell it?") < CALIBRATION.hopeless


def test_the_words_that_ask_what_happens_are_no_part_of_what_is_asked(library: Library) -> None:
    collection = load_sample(library)
    late = "A tool that comes back late costs 2 soles for each day."
    assert collection
    assert coverage(library, "What happens if it comes back late?", late) == coverage(
        library, "if it comes back late?", late
    )
    assert coverage(library, "What happened in 1923?", late) == 0.0


def test_a_span_that_the_model_dislikes_makes_the_critic_doubt() -> None:
    assert confirmed(0.6, -2.0) > 0.6 > confirmed(0.6, -9.0)
    assert confirmed(1.0, -2.0) <= 1.0
    assert confirmed(0.0, -2.0) >= 0.0


def test_a_passage_that_is_said_not_to_answer_makes_the_critic_doubt() -> None:
    assert confirmed(0.6, -2.0, -7.0) > 0.6 > confirmed(0.6, -2.0, -0.1)
    assert 0.0 <= confirmed(0.0, -2.0, 0.0) <= confirmed(1.0, -2.0, -99.0) <= 1.0


def test_a_draft_near_to_the_evidence_makes_an_answer_likelier() -> None:
    near, far = confirmed_by_draft(0.3, 0.6), confirmed_by_draft(0.3, 0.1)
    assert near > CALIBRATION.prose_threshold > far
    assert confirmed_by_draft(0.9, 0.3) > confirmed_by_draft(0.2, 0.3)
