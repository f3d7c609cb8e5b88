"""Hebrew and Arabic in PDFs: letters in the order of reading, lines and tables as a mirror shows them."""

import numpy as np
from ayllu.retrieval.documents.parsers.pdf.leftward import in_reading_order, mirror


def read(word: str, *, as_seen: bool) -> str:
    """`as_seen`: the letters stand in the file as on the page, from left to right."""
    width = len(word)
    return in_reading_order(word, float if as_seen else lambda at: float(width - at))


def test_letters_that_stand_as_they_are_seen_are_turned_round() -> None:
    assert read("ריעה", as_seen=True) == "העיר"
    assert read("העיר", as_seen=False) == "העיר"
    assert read(".ריעה", as_seen=True) == "העיר."
    assert read("העיר,", as_seen=False) == "העיר,"
    assert read("2024-ב", as_seen=False) == "2024-ב"
    assert read("9:30", as_seen=True) == "9:30"


def boxes(*lefts: float) -> np.ndarray:
    return np.array([[[left, 10, left + 8, 0]] * 2 for left in lefts], dtype=np.float32)


def test_a_line_is_mirrored_within_its_own_room_and_numbers_go_on_to_the_right() -> None:
    places = boxes(0, 0, 0, 0, 10, 20, 30)
    words = ["Three", "Latin", "lines", "עיר", "12", "34", "גדול"]
    breaks = [True, True, True, False, False, False, True]
    assert not mirror(words, places, breaks, np.ones(7, bool), (0, 100))
    assert places[:, 0, 0].tolist() == [0, 0, 0, 30, 10, 20, 0]


def test_a_page_of_such_lines_is_mirrored_as_a_sheet() -> None:
    places = boxes(80, 40, 80, 40)
    assert mirror(["עיר", "מחיר", "חיפה", "12"], places, [False, True, False, True], np.ones(4, bool), (0, 100))
    assert places[:, 0, 0].tolist() == [12, 52, 12, 52]
    assert places[:, 0, 2].tolist() == [20, 60, 20, 60]
