"""That the documents do not answer is said in the language of the question."""

import pytest
from ayllu.agents.writing import ABSTAINED, abstention


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Was kostet der Eintritt?", "Das konnte ich in deinen Dokumenten nicht finden."),
        ("was kostet das?", "Das konnte ich in deinen Dokumenten nicht finden."),
        ("¿Quién fundó Roma?", "No he podido encontrarlo en tus documentos."),
        ("Qui a fondé Rome ?", "Je n'ai pas pu trouver cela dans vos documents."),
        ("Chi ha fondato Roma?", "Non sono riuscito a trovarlo nei tuoi documenti."),
        ("Quem fundou Roma?", "Não consegui encontrar isso nos seus documentos."),
        ("Wat kost de toegang?", "Dit kon ik niet in je documenten vinden."),
        ("Ile kosztuje bilet?", "Nie udało mi się tego znaleźć w twoich dokumentach."),
        ("Кто основал Рим?", "Мне не удалось найти это в ваших документах."),
        ("谁建立了罗马？", "我没有在您的文档中找到相关内容。"),
        ("ローマを建国したのは誰ですか？", "お手元の文書からは見つかりませんでした。"),
    ],
)
def test_a_question_gets_its_own_language(question: str, sentence: str) -> None:
    assert abstention(question) == sentence


@pytest.mark.parametrize(
    "question",
    ["When was the die cast?", "What is la dolce vita?", "capital of Peru", "tax code", "Hvad koster det?", "1999?"],
)
def test_what_is_in_no_language_that_is_clear_and_known_gets_english(question: str) -> None:
    assert abstention(question) == ABSTAINED
