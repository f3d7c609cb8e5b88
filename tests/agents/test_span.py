"""Short answers: what is proposed, what is chosen, and what is made whole."""

import pytest
from ayllu.agents.judging import answerable as critic
from ayllu.agents.writing.span.candidates import candidates, completed, grammar_for, no_answer_logprob, spelled
from ayllu.agents.writing.span.ranking import Candidate, FeatureWeights, Scoring, rank
from ayllu.backends import Backend, RawRequest
from ayllu.backends.base import Piece

TEXT = "A tool that comes back late costs 2 soles for each day, and 14 soles a week."


class Known:
    """Words that are all alike."""

    def stems(self, text: str) -> list[str]:
        return "".join(letter if letter.isalnum() else " " for letter in text.lower()).split()

    def idf(self, word: str) -> float:
        return 1.0


@pytest.mark.model
async def test_candidates_are_runs_of_the_text_and_numbers_are_whole(backend: Backend) -> None:
    found = await candidates(backend.raw, "", TEXT, "What does a late tool cost for a week?")
    assert len({one.text for one in found}) > 3
    assert all(one.text in TEXT for one in found)
    assert any(one.text.startswith("14") for one in found)


def test_a_grammar_ends_only_at_the_end_of_a_word() -> None:
    pieces = [Piece(1, " bar"), Piece(2, "ley"), Piece(3, " bread"), Piece(4, ".")]
    rules = dict(line.split(" ::= ") for line in grammar_for(pieces, [0]).splitlines())
    assert rules["root"] == "p1"
    assert rules["p1"] == "<[2]> p2"
    assert rules["p2"] == "<[3]> p3 | end"


@pytest.mark.model
async def test_characters_that_are_several_tokens_are_copied_whole(backend: Backend) -> None:
    text = 'It is known that P ⊆ NP ⊆ PP, and 龘龘 met 😀 in "Lima".'
    found = [one.text for one in await candidates(backend.raw, "", text, "What is known?")]
    assert any("⊆" in one for one in found)
    assert all(one in text for one in found)


@pytest.mark.model
async def test_any_text_can_be_spelled(backend: Backend) -> None:
    for text in (' Was it 龘龘 in \\ "Lima" 🇵🇪?\n', " plain"):
        pieces = await backend.raw.tokenize(text)
        done = await backend.raw.complete(RawRequest("Text:", max_tokens=3 * len(pieces), grammar=spelled(pieces)))
        assert done.text == text


@pytest.mark.model
async def test_it_is_told_how_likely_a_text_is_said_not_to_answer(backend: Backend) -> None:
    question = "What does a late tool cost for a week?"
    shown = "".join(f"Text: {text}\nQuestion: When?\nAnswer: none\n\n" for text in ("The sky is blue.", "Bread is baked."))
    bare, after = [await no_answer_logprob(backend.raw, prefix, TEXT, question) for prefix in ("", shown)]
    assert bare < after < 0.0


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("When was the mill founded?", "6 May 1984"),
        ("Who was it in 1984?", "Rosa Huamani"),
    ],
)
def test_the_kind_of_answer_decides_between_equals(question: str, wanted: str) -> None:
    sentences = [("The mill was founded on 6 May 1984 by Rosa Huamani.", 1.0)]
    context = [Candidate("6 May 1984", -3.0), Candidate("Rosa Huamani", -3.0), Candidate("founded", -3.0)]
    ranked = rank([context], question, sentences, Known())
    assert ranked[0].text == wanted
    assert sum(one.share for one in ranked) == pytest.approx(1.0)


def test_one_context_alone_does_not_sink_what_a_tuned_model_likes_in_the_others() -> None:
    sentences = [("The mill was run by Rosa Huamani and Ana Quispe.", 1.0)]
    contexts = [
        [Candidate("Rosa Huamani", -5.5), Candidate("Ana Quispe", -0.25)],
        [Candidate("Rosa Huamani", -2.0), Candidate("Ana Quispe", -8.5)],
    ]
    plain, held = (rank(contexts, "Who ran the mill?", sentences, Known(), Scoring(least=least)) for least in (-9.0, -6.0))
    before, after = ({one.text: one.score for one in ranked} for ranked in (plain, held))
    assert after["Ana Quispe"] - before["Ana Quispe"] == pytest.approx(FeatureWeights().logprob * 2.5 / 2)
    assert after["Rosa Huamani"] == pytest.approx(before["Rosa Huamani"])
    assert {one.text: one.logprob for one in held} == {"Rosa Huamani": -3.75, "Ana Quispe": -4.375}  # what the critic sees


def test_what_names_nothing_is_no_answer() -> None:
    sentences = [("He ran the mill, and the school gave out vitamin A.", 1.0)]
    context = [Candidate(one, -3.0) for one in ("He", "out", "of the", "A", "US", "The Who", "...")]
    found = {one.text for one in rank([context], "Who ran the mill?", sentences, Known())}
    assert found == {"out", "A", "US", "The Who"}
    assert not rank([[Candidate("He", -0.1)]], "Who ran the mill?", sentences, Known())


@pytest.mark.parametrize(
    ("span", "question", "whole"),
    [
        ("soles", "What does a late tool cost?", "2 soles"),
        ("14", "How much is it a week?", "14 soles"),
        ("14", "How many?", "14"),
        ("each day", "How much?", "each day"),
        ("elsewhere", "How much?", "elsewhere"),
    ],
)
def test_an_amount_is_made_whole(span: str, question: str, whole: str) -> None:
    assert completed(span, TEXT, question) == whole


def test_a_bracket_that_was_opened_is_closed() -> None:
    assert completed("DTIME(f(n", "It is called DTIME(f(n)).", "What is it called?") == "DTIME(f(n))"
    assert completed("binary (base two", "In binary (base two, say) or decimal.", "How?") == "binary (base two"


def test_a_span_that_the_model_dislikes_makes_the_critic_doubt() -> None:
    assert critic.confirmed(0.6, -2.0) > 0.6 > critic.confirmed(0.6, -9.0)
    assert critic.confirmed(1.0, -2.0) <= 1.0
    assert critic.confirmed(0.0, -2.0) >= 0.0


def test_a_passage_that_is_said_not_to_answer_makes_the_critic_doubt() -> None:
    assert critic.confirmed(0.6, -2.0, -7.0) > 0.6 > critic.confirmed(0.6, -2.0, -0.1)
    assert 0.0 <= critic.confirmed(0.0, -2.0, 0.0) <= critic.confirmed(1.0, -2.0, -99.0) <= 1.0
