"""Which of the candidates is the answer."""

import pytest
from ayllu.agents.writing.span import Candidate, FeatureWeights, rank
from ayllu.agents.writing.span.ranking import Scoring


class PlainWords:
    """Words that are all alike."""

    def stems(self, text: str) -> list[str]:
        return "".join(letter if letter.isalnum() else " " for letter in text.lower()).split()

    def idf(self, word: str) -> float:
        return 1.0


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("When was the mill founded?", "6 May 1984"),
        ("Who was it in 1984?", "Rosa Huamani"),
    ],
)
def test_the_kind_of_answer_decides_between_equals(question: str, answer: str) -> None:
    sentences = [("The mill was founded on 6 May 1984 by Rosa Huamani.", 1.0)]
    context = [Candidate("6 May 1984", -3.0), Candidate("Rosa Huamani", -3.0), Candidate("founded", -3.0)]
    ranked = rank([context], question, sentences, PlainWords())
    assert ranked[0].text == answer
    assert sum(candidate.share for candidate in ranked) == pytest.approx(1.0)


def test_one_context_alone_does_not_sink_what_a_tuned_model_likes_in_the_others() -> None:
    sentences = [("The mill was run by Rosa Huamani and Ana Quispe.", 1.0)]
    contexts = [
        [Candidate("Rosa Huamani", -5.5), Candidate("Ana Quispe", -0.25)],
        [Candidate("Rosa Huamani", -2.0), Candidate("Ana Quispe", -8.5)],
    ]
    plain, held = (
        rank(contexts, "Who ran the mill?", sentences, PlainWords(), Scoring(least=least)) for least in (-9.0, -6.0)
    )
    before, after = ({candidate.text: candidate.score for candidate in ranked} for ranked in (plain, held))
    assert after["Ana Quispe"] - before["Ana Quispe"] == pytest.approx(FeatureWeights().logprob * 2.5 / 2)
    assert after["Rosa Huamani"] == pytest.approx(before["Rosa Huamani"])
    assert {candidate.text: candidate.logprob for candidate in held} == {
        "Rosa Huamani": -3.75,
        "Ana Quispe": -4.375,
    }  # what the critic sees


def test_what_names_nothing_is_no_answer() -> None:
    sentences = [("He ran the mill, and the school gave out vitamin A.", 1.0)]
    context = [Candidate(text, -3.0) for text in ("He", "out", "of the", "A", "US", "The Who", "...")]
    ranked = {candidate.text for candidate in rank([context], "Who ran the mill?", sentences, PlainWords())}
    assert ranked == {"out", "A", "US", "The Who"}
    assert not rank([[Candidate("He", -0.1)]], "Who ran the mill?", sentences, PlainWords())
