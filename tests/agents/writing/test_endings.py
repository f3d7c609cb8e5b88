"""A draft ends where it should have ended: before its loops, questions of its own, and the signs of an end."""

import pytest
from ayllu.agents.writing.endings import LOOP, NEXT_TURN, DraftEnding, cut_ending

OPEN = "On Sundays the library is open from 10:00 to 14:00 [1]."
TABLE = "| Day | From |\n| --- | --- |\n| Monday | 9 |\n| Tuesday | 9 |\n| Wednesday | 9 |\n| Thursday | 9 |"
CUT = [
    (f"{OPEN}\n" * 9, OPEN, LOOP),
    (f"{OPEN} It is closed on Mondays. " * 9, f"{OPEN} It is closed on Mondays.", LOOP),
    ("\n".join(f"{n}. Bring your member card [1]" for n in range(1, 30)), "1. Bring your member card [1]", LOOP),
    (OPEN + " very" * 60, OPEN + " very", LOOP),
    (OPEN + "\n" * 900, OPEN, LOOP),
    (f"{OPEN}\n\nQuestion: And on Mondays?\nAnswer: No.", OPEN, NEXT_TURN),
    (f'{OPEN}\n\n**Passages:**\n\n[1] "a.md"', OPEN, NEXT_TURN),
    (f"{OPEN}<|im_end|>\n<|im_start|>user\nMore", OPEN, ""),
    (f"{OPEN}</s>", OPEN, ""),
]
LEFT = [
    OPEN,
    TABLE,
    "Yes.\nYes.\nYes.",
    "Here are three:\n\nQuestion: When?\n\nQuestion: Where?",
    "Question: When?\nAnswer: Now.\n\nQuestion: Where?\nAnswer: Here.",
    "A turn ends with `<|im_end|>`, and a < b.",
    "```\n0, 0, 0, 0\nreturn nothing at all\nreturn nothing at all\nreturn nothing at all\n```",
    "The question\nQuestions: there are some.",
]


@pytest.mark.parametrize(("draft", "text", "notice"), CUT)
def test_what_should_have_ended_is_cut_there_and_said(draft: str, text: str, notice: str) -> None:
    assert cut_ending(draft) == (text, notice)


@pytest.mark.parametrize("draft", LEFT)
def test_what_only_looks_so_stays(draft: str) -> None:
    assert cut_ending(draft) == (draft, "")


@pytest.mark.parametrize("draft", [draft for draft, _, notice in CUT if notice != LOOP] + LEFT)
def test_nothing_of_what_is_cut_is_shown_meanwhile(draft: str) -> None:
    ending = DraftEnding()
    shown = "".join(ending.add(letter) for letter in draft) + ending.end()
    assert shown.rstrip() == ending.text
