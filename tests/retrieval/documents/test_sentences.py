"""Sentences end where a reader ends them."""

from ayllu.retrieval import split_sentences


def test_abbreviations_figures_and_quotations_end_nothing_and_lists_end_each_line() -> None:
    text = 'Dr. Smith paid $3.50 to J. R. Hill. "Really?" he said! See e.g. Fig. 2.\n- one item\n- another\n\nLast line'
    sentences = [text[start:end] for start, end in split_sentences(text)]
    assert sentences[0] == "Dr. Smith paid $3.50 to J. R. Hill."
    assert sentences[-3:] == ["one item", "another", "Last line"]


def test_the_point_of_a_day_before_its_month_ends_nothing() -> None:
    text = "Am 3. Oktober 2021 kam der Aufzug. Er fährt bis Ebene 4. Oben ist das Café."
    assert [text[start:end] for start, end in split_sentences(text)] == [
        "Am 3. Oktober 2021 kam der Aufzug.",
        "Er fährt bis Ebene 4.",
        "Oben ist das Café.",
    ]
