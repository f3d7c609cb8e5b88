"""Asking back: which answer would this question be asked about?"""

import pytest
from ayllu.agents.writing.span import Ranked, span_prompt
from ayllu.agents.writing.span.noisy_channel import rescore_by_question
from ayllu.agents.writing.span.prompts import inverse_prompt
from ayllu.backends import Backend

PREFIX = "Ask a question about the text.\n\n"  # the default model, which nobody has tuned
FOUNDER = "Who was the founder of the mill?"
TEXT = "The mill was founded on 6 May 1984 by Rosa Huamani, and burned down in 1990."


def candidates(*scored: tuple[str, float]) -> list[Ranked]:
    return [Ranked(text, score, 1 / len(scored), (), 0) for text, score in scored]


def test_both_directions_read_the_text_first() -> None:
    forward, inverse = span_prompt("Do it.\n", TEXT, "When?"), inverse_prompt("Do it.\n", TEXT, "6 May 1984")
    assert forward.startswith(f"Do it.\nText: {TEXT}\n")
    assert inverse == f"Do it.\nText: {TEXT}\nAnswer: 6 May 1984\nQuestion:"


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "answer"),
    [(FOUNDER, "Rosa Huamani"), ("When was the mill founded?", "6 May 1984")],
)
async def test_between_equals_the_answer_that_would_be_asked_about_comes_first(
    real_backend: Backend, question: str, answer: str
) -> None:
    equal = candidates(("6 May 1984", 1.0), ("Rosa Huamani", 1.0), ("burned down", 1.0))
    ranked = await rescore_by_question(real_backend.raw, PREFIX, question, equal, [TEXT])
    assert ranked[0].text == answer
    assert sum(candidate.share for candidate in ranked) == pytest.approx(1.0)


@pytest.mark.model
async def test_what_is_far_behind_is_not_asked_about_and_stays_behind(real_backend: Backend) -> None:
    clear = candidates(("6 May 1984", 9.0), ("Rosa Huamani", 1.0))
    assert await rescore_by_question(real_backend.raw, PREFIX, FOUNDER, clear, [TEXT]) == clear
    ranked = await rescore_by_question(
        real_backend.raw,
        "",
        "Who was the founder?",
        candidates(("6 May 1984", 9.0), ("Rosa Huamani", 8.9), ("1990", 1.0)),
        [TEXT],
    )
    assert [candidate.text for candidate in ranked] == ["Rosa Huamani", "6 May 1984", "1990"]
    long = await rescore_by_question(real_backend.raw, PREFIX, "Who " * 2000, candidates(("a", 1.0), ("b", 1.0)), [TEXT])
    assert len(long) == 2
