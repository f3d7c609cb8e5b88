"""No heading, running head or piece of the question is an answer, nor what is said of another thing than was asked for."""

from pathlib import Path

import pytest
from ayllu.agents.writing import excerpt, quotable
from ayllu.retrieval import Document, Library
from ayllu.retrieval.documents.parsers import BlockKind, TextBuilder

FAULTS = """# Faults of the mill

## E-71

The oil is low. Fill it up.

## E-7

The door is open.

## W-71

A lamp is worn.
"""
HOURS = "The shop is open from 9 to 17 on Saturdays.\n\nOn Sundays it is open from 10 to 12.\n"
PARTS = "part,description,price\nQX-20,oak shelf,18.00\nQX-20-B,brass hinge,4.50\nQX-21,pine door,75.00\n"


def answers_to(library: Library, tmp_path: Path, name: str, text: str, question: str) -> list[str]:
    (tmp_path / name).write_text(text, "utf-8")
    library.ingest([str(tmp_path / name)], collection="c")
    return [sentence.text for sentence in quotable(library.retrieve(question, collection="c"))]


def test_what_stands_under_a_code_answers_for_it_and_what_stands_under_another_does_not(
    library: Library, tmp_path: Path
) -> None:
    assert answers_to(library, tmp_path, "faults.md", FAULTS, "What does E-71 mean?")[:2] == [
        "The oil is low.",
        "Fill it up.",
    ]
    assert answers_to(library, tmp_path, "faults.md", FAULTS, "E-7") == ["The door is open."]
    assert answers_to(library, tmp_path, "faults.md", FAULTS, "What does E-99 mean?") == []


def test_a_row_answers_for_its_own_part_number_alone(library: Library, tmp_path: Path) -> None:
    question = "What is the price of {}?"
    assert "18.00" in answers_to(library, tmp_path, "parts.csv", PARTS, question.format("QX-20"))[0]
    assert "4.50" in answers_to(library, tmp_path, "parts.csv", PARTS, question.format("QX-20-B"))[0]
    assert answers_to(library, tmp_path, "parts.csv", PARTS, question.format("QX-20-C")) == []


def test_another_day_does_not_answer(library: Library, tmp_path: Path) -> None:
    assert answers_to(library, tmp_path, "hours.txt", HOURS, "When is the shop open on Sundays?") == [
        "On Sundays it is open from 10 to 12."
    ]
    assert answers_to(library, tmp_path, "hours.txt", HOURS, "When is the shop open on Mondays?") == []


@pytest.fixture
def manual(library: Library) -> Library:
    builder = TextBuilder()
    builder.add("2.11 Depth", BlockKind.HEADING, level=1)
    builder.add("--max-depth=N\nHow deep it goes down. This defaults to 40.", BlockKind.DEFINITION)
    builder.add("--min-depth=N\nFrom where it starts. This defaults to 3.", BlockKind.DEFINITION)
    builder.add("To go down at once, write:")
    builder.add("dig --now\ndig --deep", BlockKind.CODE)
    builder.add("122 Digger 5.4", BlockKind.FURNITURE)
    with library.writing():
        library.add([Document("c", "digger.pdf", "digger.pdf", builder.build("application/pdf"))])
    return library


def test_a_term_is_quoted_with_its_definition_and_no_running_head_is(manual: Library) -> None:
    retrieved = manual.retrieve("What is --max-depth?", collection="c")
    (quoted,) = excerpt("What is --max-depth?", retrieved, manual)
    assert quoted.text.startswith("--max-depth=N")
    assert "40" in quoted.text
    texts = [sentence.text for sentence in quotable(retrieved)]
    assert not any("2.11" in text or "Digger 5.4" in text for text in texts)


def test_how_to_do_a_thing_is_quoted_with_the_lines_to_write(manual: Library) -> None:
    question = "How do I go down at once?"
    quoted = [sentence.text for sentence in excerpt(question, manual.retrieve(question, collection="c"), manual)]
    assert quoted[-2:] == ["To go down at once, write:", "dig --now\ndig --deep"]


def test_a_sentence_of_a_script_with_its_own_full_stop_is_no_heading(library: Library, tmp_path: Path) -> None:
    rules = "图书馆规则\n\n图书馆每周二闭馆。\n\n停车场位于大楼北侧，共有一百二十个车位。\n"
    assert answers_to(library, tmp_path, "rules.txt", rules, "停车场有多少个车位")[0].startswith("停车场")


LEVELS = "# Levels\n\nThese are used:\n\n- level 2 is for usual work, with all services;\n- level 1 is for repairs.\n"
OPTIONS = """# Starting the mill

Most scripts use --plain, and the examples of --plain below need --plain too.

--plain: Combine --no-lamp and --no-bell.

--loud: Ring the bell. Unlike --plain it needs power.
"""
FREQUENT = """# Questions

## Why does the wheel stop in winter?

People often ask this. The river freezes, so that no water comes. In March it turns again.

## Why is the wheel wet?

It stands in the river, which does not stop in winter. The wheel is made of oak.
"""


def test_what_is_told_by_another_number_does_not_answer(library: Library, tmp_path: Path) -> None:
    assert answers_to(library, tmp_path, "levels.md", LEVELS, "What is level 1 for?")[0] == "level 1 is for repairs."
    assert not any(
        "level" in answer for answer in answers_to(library, tmp_path, "levels.md", LEVELS, "What is level 7 for?")
    )


def quoted(library: Library, tmp_path: Path, name: str, text: str, question: str) -> list[str]:
    (tmp_path / name).write_text(text, "utf-8")
    library.ingest([str(tmp_path / name)], collection="c")
    return [sentence.text for sentence in excerpt(question, library.retrieve(question, collection="c"), library)]


def test_a_row_is_quoted_for_what_it_is_the_row_of(library: Library, tmp_path: Path) -> None:
    keys = "key,effect\nu,make all disks read-only\ns,write all to the disks\n"
    (tmp_path / "about.md").write_text("# The Alt-Sys key\n\nAlt-Sys with a key rescues the system.\n", "utf-8")
    assert quoted(library, tmp_path, "Alt-Sys keys.csv", keys, "What does Alt-Sys u do?") == [
        "key: u; effect: make all disks read-only."
    ]


def test_the_entry_of_an_option_is_quoted_and_not_who_uses_it(library: Library, tmp_path: Path) -> None:
    answer = quoted(library, tmp_path, "mill.md", OPTIONS, "What does --plain do in the mill?")
    assert answer[0].startswith("--plain: Combine")


def test_the_answer_to_the_same_question_is_quoted_as_it_stands(library: Library, tmp_path: Path) -> None:
    answer = quoted(library, tmp_path, "faq.md", FREQUENT, "Why does the wheel stop in winter?")
    assert answer == ["People often ask this.", "The river freezes, so that no water comes.", "In March it turns again."]
