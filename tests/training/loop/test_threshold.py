"""The critic's threshold, learnt with an adapter."""

from ayllu.evaluation import EvalDoc, EvalQuestion, EvalSet, Prediction
from ayllu.training.loop.threshold import LOWEST, make_unanswerable, refuse_below, select_threshold

QUESTIONS = EvalSet(
    [EvalDoc(str(at), f"document {at}") for at in range(10)],
    [EvalQuestion(f"q{at}", f"question {at}?", ["an answer"], {str(at % 10): 1}) for at in range(30)],
)


def predicted(probability: float, least: float = LOWEST) -> Prediction:
    refused = probability < least
    return Prediction("q", "so [1]", "so", "abstained" if refused else "draft", refused, ["so"], [], [], probability)


def test_questions_lose_the_documents_that_answer_them_and_half_of_all_stay() -> None:
    unanswerable = make_unanswerable(QUESTIONS, 8, seed=0)
    missing = {document.id for document in QUESTIONS.documents} - {document.id for document in unanswerable.documents}
    assert len(unanswerable.questions) == 8
    assert len(missing) <= 5
    needed = {question.id: set(question.relevant) for question in QUESTIONS.questions}
    assert all(question.impossible and not question.relevant for question in unanswerable.questions)
    assert all(needed[question.id] <= missing for question in unanswerable.questions)
    assert unanswerable == make_unanswerable(QUESTIONS, 8, seed=0)
    one_document = EvalSet(QUESTIONS.documents[:1], QUESTIONS.questions[:1])
    assert make_unanswerable(one_document, 8, seed=0).questions == []


def test_as_many_are_refused_as_before_and_few_questions_move_it_less() -> None:
    before = [predicted(0.3 if at < 80 else 0.9, 0.32) for at in range(100)]  # 80 refused
    surer = [predicted(0.3 + at / 200) for at in range(100)]
    raised = select_threshold(before, surer, 0.32)
    assert 0.6 < raised < 0.7
    shyer = [predicted(0.05 + at / 500) for at in range(100)]
    lowered = select_threshold(before, shyer, 0.32)
    assert LOWEST <= lowered < 0.25
    assert 0.32 < select_threshold(before[::10], surer[::10], 0.32) < raised
    assert select_threshold([], [], 0.32) == 0.32


def test_it_does_not_rise_where_that_refuses_nothing_more() -> None:
    before = [predicted(0.1, 0.32) for _ in range(60)]
    after = [predicted(0.1)] * 50 + [predicted(0.3612345)] + [predicted(0.65)] * 9
    raised = select_threshold(before, after, 0.32)
    assert 0.3612345 < raised < 0.3615
    assert select_threshold(before, [prediction for prediction in after if prediction.answerable != 0.3612345], 0.32) == 0.32


def test_a_raised_threshold_refuses_what_it_would_have_refused() -> None:
    low, high = refuse_below(0.5, [predicted(0.4), predicted(0.6)])
    assert (low.abstained, low.kind, low.citations) == (True, "abstained", [])
    assert high == predicted(0.6)
