"""How often the same questions have decided."""

from pathlib import Path

from ayllu.adapters import AdapterRegistry


def test_a_look_counts_while_it_asks_mostly_the_same_questions_of_the_same_model(tmp_path: Path) -> None:
    looks = AdapterRegistry(tmp_path / "adapters").looks
    first = [f"q{number}" for number in range(20)]
    assert looks.number("tiny", first) == 1
    looks.add("tiny", first)
    looks.add("tiny", [*first, "q20"])
    again = AdapterRegistry(tmp_path / "adapters").looks
    assert again.number("tiny", first[:18]) == 3
    assert again.number("other", first) == 1
    assert again.number("tiny", [*first[:9], *(f"new{number}" for number in range(11))]) == 1


def test_deleting_candidates_gives_no_look_back_and_what_cannot_be_read_stops_nothing(tmp_path: Path) -> None:
    registry = AdapterRegistry(tmp_path / "adapters")
    registry.looks.add("tiny", ["a", "b"])
    registry.collect([])
    assert registry.looks.number("tiny", ["a", "b"]) == 2
    (tmp_path / "adapters" / "looks.json").write_text("{")
    assert registry.looks.number("tiny", ["a", "b"]) == 1
