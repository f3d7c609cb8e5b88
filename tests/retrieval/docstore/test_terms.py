"""Whatever form a person types, it is the form that the index holds."""

import pytest
from ayllu.retrieval.docstore import search_terms
from ayllu.retrieval.docstore.query_terms import query_terms


def found_by(question: str, text: str, *languages: str) -> set[str]:
    """The terms of a question that stand in a text of the first language."""
    phrases = {phrase.strip('"') for phrase in query_terms(question, languages or ("en",))}
    return phrases & set(search_terms(text, languages[0] if languages else "en").split())


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("Café", "Cafe\u0301"),  # composed and not
        ("cafe", "Café"),
        ("office first", "o\ufb03ce \ufb01rst"),  # ligatures
        ("cooperation", "co\u00adoperation"),  # soft hyphen
        ("cooperation", "co-operation"),
        ("Zerowidth", "Zero\u200bwidth"),
        ("ABC123", "ＡＢＣ１２３"),
        ("strasse", "STRASSE straße"),
        ("it's", "it’s"),
        ("1/2", "½"),
        ("Istanbul", "İSTANBUL"),
        ("1250000", "$1,250,000"),
        ("1,250,000", "1.250.000"),
        ("1.250,50", "€1250.50"),
        ("12500", "12 500 euros"),
        ("12 500", "12,500"),
        ("2021-04-05", "on 5 April 2021"),
        ("April 5th, 2021", "05.04.2021"),
        ("17 January 2023", "paid on 01/17/2023"),
        ("el 5 de abril de 2021", "2021/04/05"),
    ],
)
def test_forms_of_the_same_meet(typed: str, written: str) -> None:
    assert found_by(typed, f"before, {written} (after)")


@pytest.mark.parametrize(
    ("name", "terms"),
    [
        ("--max-ppsize=N", ["--max-ppsize", "max", "n"]),
        ("`E-4021`.", ["e4021", "4021"]),
        ("PYTHONDONTWRITEBYTECODE", ["pythondontwritebytecod"]),
        ("snake_case", ["snakecas", "snake", "case"]),
        ("HTTPServer", ["httpserver", "http", "server"]),
        ("3.11.2", ["3.11.2", "3.11"]),
        ("192.168.0.71", ["192.168.0.71"]),
        ("/srv/data/backup_2024.tar.gz", ["srv/data/backup2024.tar.gz", "backup", "2024"]),
        ("C:\\tools\\run.bat", ["c:/tools/run.bat", "run"]),
        ("os.path.join(a)", ["os.path.join", "path", "join"]),
        ("info@example.org", ["info@example.org", "exampl"]),
        ("(C++)", ["c++"]),
        ("C#,", ["c#"]),
        (".NET", [".net", "net"]),
        ("-k", ["-k"]),
        ("AT&T", ["at&t"]),
        ("230V", ["230v", "230"]),
    ],
)
def test_a_name_is_looked_up_whole_and_in_parts(name: str, terms: list[str]) -> None:
    assert set(terms) <= set(search_terms(f"the {name} of it").split())


@pytest.mark.parametrize(
    ("typed", "written"),
    [("E-402", "E-4021"), ("AX-1001-D", "AX-1001"), ("C", "C++"), ("3.11", "3.12.1"), ("1.5", "15")],
)
def test_a_name_is_not_another_that_looks_like_it(typed: str, written: str) -> None:
    assert search_terms(typed).split()[0] not in search_terms(written).split()


@pytest.mark.parametrize(
    ("question", "text", "language"),
    [
        ("借书卡丢失怎么办", "图书馆每周二闭馆。借书卡丢失需缴纳二十元补办费。", "zh"),
        ("木曜日", "プールは木曜日に清掃します。", "ja"),
        ("猫", "庭に猫がいる", "ja"),
        ("도서관", "도서관은 화요일에 닫습니다", "ko"),
        ("ห้องสมุด", "วันนี้ห้องสมุดปิด", "th"),
        ("geschlossene Bücher", "Das Buch ist geschlossen.", "de"),
        ("bibliotecas", "La biblioteca cierra los martes.", "es"),
        ("кошка", "Кошки спят.", "ru"),
    ],
)
def test_text_of_any_language_is_found(question: str, text: str, language: str) -> None:
    phrases = query_terms(question, [language])
    terms = set(search_terms(text, language).split())
    assert any(
        phrase.strip('"*') in terms or (phrase.endswith("*") and any(t.startswith(question) for t in terms))
        for phrase in phrases
    )


@pytest.mark.parametrize(
    ("question", "phrases"),
    [
        ("What does the WHO recommend?", ['"^who"', '"recommend"']),
        ("Where is the IT department?", ['"^it"', '"depart"']),
        ("What happens in May?", ['"happen"', '"may"']),
        ("Who is Will?", ['"will"']),
        ("What may happen?", ['"happen"']),
        ("What Is The Price Of Gold", ['"price"', '"gold"']),
        ("WHAT IS THE PRICE", ['"price"']),
        ("where is it", ['"where"', '"is"', '"it"']),  # nothing else to look for
        ("?!", []),
        ('NEAR("a" OR b) AND c*', ['"near"', '"b"', '"c"']),
    ],
)
def test_small_words_are_asked_for_only_where_they_are_names(question: str, phrases: list[str]) -> None:
    assert query_terms(question, ["en"]) == phrases


def test_an_acronym_is_not_the_small_word() -> None:
    assert found_by("the WHO", "The WHO recommends water.") == {"^who"}
    assert not found_by("the WHO", "those who know")


def test_a_question_is_asked_in_the_stems_of_each_language_and_without_the_small_words_of_its_own() -> None:
    phrases = query_terms("Wann ist die Bibliothek geschlossen?", ["en", "de"])
    assert '"bibliothek"' in phrases
    assert '"geschloss"' in phrases
    assert '"die"' not in phrases
    assert '"die"' in query_terms("Why did the cactus die?", ["en", "de"])
