"""Short answers: what is proposed."""

import pytest
from ayllu.agents.writing.span import no_answer_logprob, propose_candidates
from ayllu.agents.writing.span.grammar import literal_grammar, span_grammar
from ayllu.backends import Backend, RawRequest
from ayllu.backends.base import Piece

TEXT = "A tool that comes back late costs 2 soles for each day, and 14 soles a week."


@pytest.mark.model
async def test_candidates_are_runs_of_the_text_and_numbers_are_whole(real_backend: Backend) -> None:
    proposed = await propose_candidates(real_backend.raw, "", TEXT, "What does a late tool cost for a week?")
    assert len({candidate.text for candidate in proposed}) > 3
    assert all(candidate.text in TEXT for candidate in proposed)
    assert any(candidate.text.startswith("14") for candidate in proposed)


def test_a_grammar_ends_only_at_the_end_of_a_word() -> None:
    pieces = [Piece(1, " bar"), Piece(2, "ley"), Piece(3, " bread"), Piece(4, ".")]
    rules = dict(line.split(" ::= ") for line in span_grammar(pieces, [0]).splitlines())
    assert rules["root"] == "p1"
    assert rules["p1"] == "<[2]> p2"
    assert rules["p2"] == "<[3]> p3 | end"


@pytest.mark.model
async def test_characters_that_are_several_tokens_are_copied_whole(real_backend: Backend) -> None:
    text = 'It is known that P ⊆ NP ⊆ PP, and 龘龘 met 😀 in "Lima".'
    spans = [candidate.text for candidate in await propose_candidates(real_backend.raw, "", text, "What is known?")]
    assert any("⊆" in span for span in spans)
    assert all(span in text for span in spans)


@pytest.mark.model
async def test_any_text_can_be_spelled(real_backend: Backend) -> None:
    for text in (' Was it 龘龘 in \\ "Lima" 🇵🇪?\n', " plain"):
        pieces = await real_backend.raw.tokenize(text)
        completion = await real_backend.raw.complete(
            RawRequest("Text:", max_tokens=3 * len(pieces), grammar=literal_grammar(pieces))
        )
        assert completion.text == text


@pytest.mark.model
async def test_how_likely_a_text_is_not_to_answer_is_measured(real_backend: Backend) -> None:
    question = "What does a late tool cost for a week?"
    shown = "".join(f"Text: {text}\nQuestion: When?\nAnswer: none\n\n" for text in ("The sky is blue.", "Bread is baked."))
    bare, after = [await no_answer_logprob(real_backend.raw, prefix, TEXT, question) for prefix in ("", shown)]
    assert bare < after < 0.0
