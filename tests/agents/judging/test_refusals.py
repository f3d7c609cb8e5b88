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
        "Los documentos no mencionan el precio.",
        "No se encuentra esta información en los pasajes.",
        "Os trechos não contêm essa informação.",
        "Les passages ne précisent pas le prix.",
        "Cette information ne se trouve pas dans les documents.",
        "I documenti non indicano il prezzo.",
        "Die Texte enthalten keine Antwort auf diese Frage.",
        "Das wird in den Dokumenten nicht erwähnt.",
        "Der Preis steht nicht in den Dokumenten.",
        "De documenten vermelden de prijs niet.",
        "Dokumenty nie zawierają tej informacji.",
        "В документах нет информации о цене.",
        "文档中没有提到价格。",
        "この情報は文書に記載されていません。",
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
        "Los documentos no caducan.",
        "Am Sonntag ist nicht geöffnet; die Dokumente liegen im Rathaus.",
        "Le musée n'ouvre pas le lundi.",
        "",
    ],
)
def test_what_has_an_answer_with_a_mark_is_none(draft: str) -> None:
    assert not is_refusal(draft)


def test_a_refusal_beside_a_statement_that_the_passages_support_is_part_of_an_answer() -> None:
    draft = "The passages do not give a price. Members pay 5 euros."
    assert is_refusal(draft)
    assert not is_refusal(draft, ["Members pay 5 euros."])
    assert is_refusal(draft, ["The passages do not give a price."])
