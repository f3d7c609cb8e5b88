"""What a question is about."""

import pytest
from ayllu.agents.asking import asking_sentences, asks_whether, subject, wished_language


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("Summarise the history of the mill.", "the history of the mill."),
        ("Can you please compare hand tools and electric ones?", "hand tools and electric ones?"),
        ("What is the difference between a loan and a gift?", "a loan and a gift?"),
        ("Tell me about the fire", "the fire"),
        ("Explain.", "Explain."),
        ("How do I list a tool?", "How do I list a tool?"),
        ("Which list holds the prices?", "Which list holds the prices?"),
    ],
)
def test_words_that_only_order_an_overview_are_not_searched_for(question: str, about: str) -> None:
    assert subject(question) == about


@pytest.mark.parametrize(
    ("question", "whether"),
    [
        ("Was invoice 118 paid?", True),
        ("May the tenant store petrol?", True),
        ("¿Hay un ascensor?", True),
        ("La piscine ouvre-t-elle le dimanche ?", True),
        ("Открыт ли бассейн?", True),
        ("图书馆星期一开门吗?", True),
        ("Who may cut the hedges?", False),
        ("In which town is it?", False),
        ("Quand la piscine ouvre-t-elle ?", False),
        ("图书馆星期几闭馆?", False),
    ],
)
def test_yes_or_no_answers_some_questions(question: str, whether: bool) -> None:
    assert asks_whether(question) is whether


@pytest.mark.parametrize(
    ("question", "asking"),
    [
        ("When is it open?", []),
        ("That is fine. I know that many pay late. Can I pay online?", ["Can I pay online?"]),
        ("How did it end? And who paid for it?", ["How did it end?", "And who paid for it?"]),
        ("Is Mr. Smith a member?", []),
        ("I pay online. So does she.", []),
        ("", []),
        ("Why? " * 2000, ["Why?"] * 4),
    ],
)
def test_of_several_sentences_those_that_ask_are_known(question: str, asking: list[str]) -> None:
    assert asking_sentences(question) == asking


@pytest.mark.parametrize(
    ("wishes", "language"),
    [
        ("Answer in Spanish, in at most two sentences, and call me Ana.", "es"),
        ("Antworte bitte auf Deutsch.", "de"),
        ("Réponds en français.", "fr"),
        ("Be brief.", ""),
        ("Answer in Spanish, and in English too.", ""),
        ("Do not translate German names. Be brief.", ""),
        ("Never answer in French.", ""),
    ],
)
def test_a_wish_may_name_the_language_of_answers(wishes: str, language: str) -> None:
    assert wished_language(wishes) == language
