"""What no learning may unlearn: our own questions on the sample, but for those that a person corrected."""

from ayllu.evaluation import EvalQuestion, EvalSet
from ayllu.retrieval import HashingEmbedder
from ayllu.training.data import collect_corrections, general_set, without_corrected

from .conftest import MakeEvent


def test_every_answer_stands_in_the_document_that_is_named() -> None:
    general = general_set()
    texts = {document.id: document.text for document in general.documents}
    for question in general.questions:
        assert question.impossible == (not question.relevant)
        assert all(any(answer in texts[name] for answer in question.answers) for name in question.relevant)


def test_what_is_learnt_from_is_not_asked(make_event: MakeEvent) -> None:
    corrections, _ = collect_corrections([make_event(0, question="When did it open?"), make_event(1)], "span")
    questions = [
        EvalQuestion("same", "when did it OPEN", ["1887"], {"a": 1}),
        EvalQuestion("twin", "when did it OPEN", ["1887"], {"a": 1}),
        EvalQuestion("other", "Who runs it?", ["Ana Ruiz"], {"a": 1}),
        EvalQuestion("again", "Who runs it?", ["Ana Ruiz"], {"a": 1}),
    ]
    left = without_corrected(EvalSet([], questions), corrections, HashingEmbedder())
    assert [question.id for question in left.questions] == ["other", "again"]
