"""A text's language is known by its small words or its script."""

import pytest
from ayllu.retrieval.docstore.languages import detect_language, question_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The library is closed on Tuesday. A lost card costs five euros.", "en"),
        ("Die Bücherei ist dienstags geschlossen. Für eine Karte zahlt man fünf Euro.", "de"),
        ("La bibliothèque est fermée le mardi. Une carte perdue coûte cinq euros.", "fr"),
        ("La biblioteca cierra los martes. Una tarjeta perdida cuesta cinco euros.", "es"),
        ("Библиотека закрыта по вторникам. Можно взять восемь книг на тридцать дней.", "ru"),
        ("图书馆每周二闭馆。", "zh"),
        ("図書館は火曜日に休館します。", "ja"),
        ("도서관은 화요일에 닫습니다", "ko"),
        ("ห้องสมุดปิดวันอังคาร", "th"),
        ("הספרייה סגורה ביום שלישי.", "he"),
        ("تغلق المكتبة أبوابها يوم الثلاثاء.", "ar"),
        ("پنجره را باز کنید و گچ بیاورید.", "fa"),
        ("Η βιβλιοθήκη είναι κλειστή την Τρίτη.", "el"),
        ("पुस्तकालय मंगलवार को बंद रहता है।", "hi"),
        ("44; 17; 3.5; total; 44", ""),
        ("AX-1001-B 4.50", ""),
        ("", ""),
    ],
)
def test_languages_are_told_apart(text: str, language: str) -> None:
    assert detect_language(text) == language


def test_a_question_is_in_one_of_the_documents_languages() -> None:
    assert question_language("Wann ist die Kirche offen?", ["en", "de"]) == "de"
    assert question_language("E-4021", ["de", "en"]) == "de"
    assert question_language("E-4021", []) == "en"
