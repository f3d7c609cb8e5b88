"""What both models are asked, of corrections held out."""

from ayllu.training.data import AcceptedAnswer, Correction
from ayllu.training.loop.held_out import evaluation_set, found_for, with_accepted


def test_questions_are_asked_over_all_passages_and_the_one_cited_comes_first() -> None:
    texts = ["Bread costs 3 euros.", "The mill opened in 1887.", "It opened\nin 1887, says the sign."]
    correction = Correction("e1", "g1", "When did it open?", "in 1887", "span", [], texts, [], cited=texts[2])
    other = Correction("e2", "g2", "What does bread cost?", "3 euros", "span", [], [texts[0], "Another text."], [])
    evaluated = evaluation_set([correction], [correction, other])
    assert [document.text for document in evaluated.documents] == [*texts, "Another text."]
    (question,) = evaluated.questions
    assert (question.id, question.answers) == ("e1", ["in 1887"])
    assert list(question.relevant) == ["2", "1"]


def accepted(number: int, group: str) -> AcceptedAnswer:
    return AcceptedAnswer(f"a{number}", group, f"Question {number}?", "yes", ["Yes, they say.", "No."], ["Yes, they say."])


def test_accepted_answers_are_asked_over_the_library_too_and_cite_what_they_cited() -> None:
    correction = Correction("e1", "g1", "When did it open?", "1887", "span", [], ["It opened in 1887."], [])
    evaluated = evaluation_set([correction], [correction], [accepted(1, "g2")], ["Another text of the library.", "No."])
    texts = ["It opened in 1887.", "Yes, they say.", "No.", "Another text of the library."]
    assert [document.text for document in evaluated.documents] == texts
    assert [(question.id, list(question.relevant)) for question in evaluated.questions] == [("e1", ["0"]), ("a1", ["1"])]


def test_an_accepted_answer_is_asked_of_the_adapter_that_has_not_learnt_from_its_conversation() -> None:
    first, second = (Correction(f"e{n}", f"g{n}", f"When {n}?", "1887", "span", [], [], []) for n in (1, 2))
    answers = [accepted(1, "g2"), accepted(2, "g1"), accepted(3, "g2"), accepted(4, "g9"), accepted(5, "g9")]
    parts = with_accepted([[first], [second]], answers)
    assert [part.names for part in parts] == [{"e1", "a2", "a4", "a5"}, {"e2", "a1", "a3"}]


def test_without_a_library_the_passages_shown_are_all() -> None:
    assert found_for(["When?"], None) == []
    passages = found_for(["When?", "Who?"], lambda question: [f"about {question}", "the same text"])
    assert passages == ["about When?", "the same text", "about Who?"]
