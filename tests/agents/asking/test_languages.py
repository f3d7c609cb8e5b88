"""The language in which a question is asked."""

import pytest
from ayllu.agents.asking import asked_in

KNOWN = frozenset("de en es fr it nl pl pt ru".split())


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("How do I create a user account with a password?", "en"),
        ("Do I need a card or a pass?", "en"),
        ("Can a non-member do a course?", "en"),
        ("Is a deposit a must?", "en"),
        ("Opening hours?", "en"),
        ("Qual é o preço da cota?", "pt"),
        ("Quanto custa a cota a dois?", "pt"),
        ("O que é a cota?", "pt"),
        ("Was kostet das?", "de"),
        ("¿Cuánto cuesta la cuota?", "es"),
        ("Combien coûte la cotisation ?", "fr"),
        ("Che cosa costa la quota?", "it"),
        ("Wat kost het lidmaatschap?", "nl"),
        ("Сколько стоит членство?", "ru"),
    ],
)
def test_small_words_tell_the_language_of_a_question(question: str, language: str) -> None:
    assert asked_in(question, KNOWN) == language
