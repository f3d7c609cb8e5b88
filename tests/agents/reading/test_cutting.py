"""A long passage cut around what answers."""

from ayllu.agents.reading.cutting import cut_around

SENTENCES = [f"Sentence number {at} is about the harbour and the boats in it." for at in range(20)]
TEXT = " ".join(SENTENCES)
ENDS = range(4, len(TEXT) + 4, 4)


def test_it_is_a_stretch_of_sentences_around_the_best_with_its_omissions_shown() -> None:
    text = cut_around(TEXT, {SENTENCES[10]: 1.0}, ENDS, 60)
    assert text == f"… {' '.join(SENTENCES[10:13])} …"
    assert cut_around(TEXT, {SENTENCES[10]: 1.0, SENTENCES[9]: 0.9}, ENDS, 60) == f"… {' '.join(SENTENCES[9:12])} …"


def test_the_beginning_and_the_end_are_no_omissions() -> None:
    assert cut_around(TEXT, {SENTENCES[0]: 1.0}, ENDS, 60) == f"{' '.join(SENTENCES[:4])} …"
    assert cut_around(TEXT, {SENTENCES[19]: 1.0}, ENDS, 60) == f"… {' '.join(SENTENCES[17:])}"


def test_what_fits_stays_as_it_is() -> None:
    assert cut_around(TEXT, {}, ENDS, len(ENDS)) == TEXT
    assert cut_around("", {}, [], 10) == ""


def test_a_sentence_that_is_too_long_is_cut_at_a_space() -> None:
    long = "word " * 300
    text = cut_around(long, {}, range(5, len(long) + 5, 5), 40)
    assert set(text.split()) == {"word", "…"}
    assert 30 < len(text.split()) <= 41
    unspaced = "字" * 400
    assert len(cut_around(unspaced, {}, range(1, 401), 40)) <= 42
