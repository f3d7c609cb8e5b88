"""The critic's threshold, learnt with an adapter."""

from ayllu.evaluation import EvalDoc, EvalQuestion, EvalSet, Prediction
from ayllu.training.loop.threshold import LOWEST, matched, refused_below, unanswerable

ASKED = EvalSet(
    [EvalDoc(str(at), f"document {at}") for at in range(10)],
    [EvalQuestion(f"q{at}", f"question {at}?", ["an answer"], {str(at % 10): 1}) for at in range(30)],
)


def said(probability: float, least: float = LOWEST) -> Prediction:
    refused = probability < least
    return Prediction("q", "so [1]", "so", "abstained" if refused else "draft", refused, ["so"], [], [], probability)


def test_questions_lose_the_documents_that_answer_them_and_half_of_all_stay() -> None:
    made = unanswerable(ASKED, 8, seed=0)
    gone = {one.id for one in ASKED.documents} - {one.id for one in made.documents}
    assert len(made.questions) == 8
    assert len(gone) <= 5
    needed = {one.id: set(one.relevant) for one in ASKED.questions}
    assert all(one.impossible and not one.relevant and needed[one.id] <= gone for one in made.questions)
    assert made == unanswerable(ASKED, 8, seed=0)
    one_document = EvalSet(ASKED.documents[:1], ASKED.questions[:1])
    assert unanswerable(one_document, 8, seed=0).questions == []


def test_as_many_are_refused_as_before_and_few_questions_move_it_less() -> None:
    before = [said(0.3 if at < 80 else 0.9, 0.32) for at in range(100)]  # 80 refused
    surer = [said(0.3 + at / 200) for at in range(100)]
    raised = matched(before, surer, 0.32)
    assert 0.6 < raised < 0.7
    shyer = [said(0.05 + at / 500) for at in range(100)]
    lowered = matched(before, shyer, 0.32)
    assert LOWEST <= lowered < 0.25
    assert 0.32 < matched(before[::10], surer[::10], 0.32) < raised
    assert matched([], [], 0.32) == 0.32


def test_it_does_not_rise_where_that_refuses_nothing_more() -> None:
    before = [said(0.1, 0.32) for _ in range(60)]
    after = [said(0.1)] * 50 + [said(0.3612345)] + [said(0.65)] * 9
    raised = matched(before, after, 0.32)
    assert 0.3612345 < raised < 0.3615
    assert matched(before, [one for one in after if one.answerable != 0.3612345], 0.32) == 0.32


def test_a_raised_threshold_refuses_what_it_would_have_refused() -> None:
    low, high = refused_below(0.5, [said(0.4), said(0.6)])
    assert (low.abstained, low.kind, low.citations) == (True, "abstained", [])
    assert high == said(0.6)
