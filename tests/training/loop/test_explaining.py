"""What an improvement says of itself."""

from typing import Any

from ayllu.training import explain


def outcome(**more: Any) -> dict[str, Any]:
    group = {"questions": 20, "share": 0.5, "gain": -0.05}
    values = {
        "used": {
            "learnt_from": 30,
            "asked": {"corrected": 24, "accepted": 40, "sample": 0},
            "shares": {"wrong": 60, "accepted": 140},
            "from_memory": {"wrong": 1, "accepted": 9},
            "not_learnt_from": {"without a correction": 170},
        },
        "accepted": group,
        "wrong": {**group, "gain": 0.3},
        "look": 1,
        "level": 0.025,
        "lower": 0.01,
        "guards": {"general": {"before": 0.9, "after": 0.9, "margin": 0.02, "seen": 0.05}},
    }
    return {**values, **more}


def test_it_says_what_was_used_for_what_and_what_each_part_gained() -> None:
    text = "\n".join(explain(outcome()))
    assert "Learnt from: 30 corrections." in text
    assert "24 corrected, 40 accepted answers" in text
    assert "140 were accepted and 60 wrong" in text
    assert "Memory gave 10 of the answers that you judged; 9 were accepted." in text
    assert "Not learnt from: 170 without a correction." in text
    assert "right before: -0.050" in text
    assert "wrong before: +0.300" in text
    assert "chance" not in text
    assert "look" not in text


def test_it_says_what_it_could_not_see() -> None:
    guards = {name: {"before": 1.0, "after": 1.0, "margin": 0.02, "seen": seen} for name, seen in (("a_b", 0.3), ("c", 1.2))}
    text = "\n".join(explain(outcome(look=3, level=0.0042, guards=guards)))
    assert "It was look 3 at mostly the same questions, so the gain had to hold at 0.0042" in text
    assert "Of a b only a fall of more than 0.30 could have been told from chance." in text
    assert "Of c no fall could have been told from chance" in text
