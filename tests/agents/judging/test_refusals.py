"""A model's own refusal, in whatever clothes it comes."""

import pytest
from ayllu.agents.judging.refusals import is_refusal


@pytest.mark.parametrize(
    "draft",
    [
        "NOT IN THE DOCUMENTS",
        "**Not in the documents.**",
        "“NOT IN THE DOCUMENTS” [1]",
        "> `NOT_IN_THE_DOCUMENTS`",
        "NOT IN THE\nDOCUMENTS",
        "Answer: Not in the documents!",
        "The answer is not in the documents.",
        "NOT IN THE DOCUMENTS. The passages only describe the timetable [1].",
        "The provided passages do not contain information about the price [1].",
        "The text doesn’t specify this.",
        "There is no information about the price in the passages.",
        "I could not find this in your documents.",
        "I'm sorry, but I cannot answer this from the passages provided.",
        "The price is not stated in the passages.",
        "No está en los documentos.",
        "Nicht in den Dokumenten.",
    ],
)
def test_a_refusal_is_known_by_its_words(draft: str) -> None:
    assert is_refusal(draft)


@pytest.mark.parametrize(
    "draft",
    [
        "On Sundays the library is open from 10:00 to 14:00 [1].",
        "The ferry leaves at 7:45 [1]. The documents do not say why.",
        "The documents do not give a price. Members pay 5 euros [1].",
        "You must not write in the documents of others [1].",
        "Passports are not valid documents [1].",
        "He could not find the key [1].",
        "The document does not expire [1].",
        "",
    ],
)
def test_what_has_an_answer_with_a_mark_is_none(draft: str) -> None:
    assert not is_refusal(draft)
