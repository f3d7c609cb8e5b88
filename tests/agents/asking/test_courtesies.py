"""What is said to be polite, and what only begins so."""

import pytest
from ayllu.agents.asking import Occasion, find_courtesy


@pytest.mark.parametrize(
    ("text", "occasion", "language"),
    [
        ("hi", "greeting", "en"),
        ("Hello there! 👋", "greeting", "en"),
        ("Good morning", "greeting", "en"),
        ("Thanks!", "thanks", "en"),
        ("ok, thank you so much", "thanks", "en"),
        ("What can you do?", "abilities", "en"),
        ("Who are you?", "abilities", "en"),
        ("Guten Tag!", "greeting", "de"),
        ("Vielen Dank", "thanks", "de"),
        ("Was kannst du?", "abilities", "de"),
        ("¡Hola!", "greeting", "es"),
        ("muchas gracias", "thanks", "es"),
        ("¿Qué puedes hacer?", "abilities", "es"),
        ("Bonjour", "greeting", "fr"),
        ("Merci beaucoup !", "thanks", "fr"),
        ("Que peux-tu faire ?", "abilities", "fr"),
        ("Grazie mille", "thanks", "it"),
        ("Bom dia!", "greeting", "pt"),
        ("dank je wel", "thanks", "nl"),
    ],
)
def test_a_courtesy_is_answered_in_its_language(text: str, occasion: Occasion, language: str) -> None:
    courtesy = find_courtesy(text)
    assert courtesy is not None
    assert (courtesy.occasion, courtesy.language) == (occasion, language)
    assert courtesy.reply(1234)


@pytest.mark.parametrize(
    "text",
    [
        "hi-fi settings?",
        "Thanks to whom was the bridge built?",
        "Thanks, and on Sundays?",
        "Hi, when are you open?",
        "Hello world example",
        "Hey Jude",
        "What can you do with a chainsaw?",
        "What can you do about rust?",
        "Who are you allowed to bring?",
        "Good morning hours?",
        "How does it work?",
        "Danke-Karte: was kostet sie?",
        "Was kannst du über die Gebühren sagen?",
        "Merci de lister les frais",
        "Gracias a quién se construyó el puente?",
        "cheers band members",
        "help",
        "?",
    ],
)
def test_a_question_that_begins_like_a_courtesy_is_none(text: str) -> None:
    assert find_courtesy(text) is None


def test_what_can_be_asked_is_said_with_the_number_of_documents() -> None:
    courtesy = find_courtesy("what can you do?")
    assert courtesy is not None
    assert "1,234" in courtesy.reply(1234)
