"""Where a code name begins a line it is explained: such a passage gains on those that only use it."""

from ayllu.retrieval.ranking.entries import lead_entries

TEXTS = {
    1: "Most scripts use --plain, and --plain again.",
    2: "--loud\n    Ring the bell.\n\n--plain\n    No lamp, no bell.",
    3: "--plain-text: another option",
    4: "See also --plain",
}
RANKING = [(1, 2.0), (3, 1.9), (2, 1.5), (4, 1.0)]


def test_an_entry_gains_on_who_uses_it() -> None:
    assert lead_entries("What does --plain do?", RANKING, TEXTS) == [(2, 2.5), (1, 2.0), (3, 1.9), (4, 1.0)]


def test_without_a_code_name_nothing_changes() -> None:
    assert lead_entries("What does the mill do?", RANKING, TEXTS) == RANKING
