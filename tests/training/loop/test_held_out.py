"""What both models are asked, of corrections held out."""

from ayllu.training.data import Correction
from ayllu.training.loop.held_out import evaluation_set


def test_questions_are_asked_over_all_passages_and_the_one_cited_comes_first() -> None:
    texts = ["Bread costs 3 euros.", "The mill opened in 1887.", "It opened\nin 1887, says the sign."]
    correction = Correction("e1", "g1", "When did it open?", "in 1887", "span", [], texts, [], cited=texts[2])
    other = Correction("e2", "g2", "What does bread cost?", "3 euros", "span", [], [texts[0], "Another text."], [])
    evaluated = evaluation_set([correction], [correction, other])
    assert [document.text for document in evaluated.documents] == [*texts, "Another text."]
    (question,) = evaluated.questions
    assert (question.id, question.answers) == ("e1", ["in 1887"])
    assert list(question.relevant) == ["2", "1"]
