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


def test_an_initial_and_a_number_in_parts_end_nothing() -> None:
    text = "Robert P. McCulloch bought it, see p. 12. It reached 6. 3 million views in 2016. 3 people saw it then."
    assert [text[start:end] for start, end in split_sentences(text)] == [
        "Robert P. McCulloch bought it, see p. 12.",
        "It reached 6. 3 million views in 2016.",
        "3 people saw it then.",
    ]
