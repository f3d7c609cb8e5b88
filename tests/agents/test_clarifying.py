"""A question back, where nobody can tell what is asked about, and what is typed then."""

from pathlib import Path

import pytest
from ayllu.agents import ChatSession
from ayllu.agents.asking import completed
from ayllu.backends.scripted import ScriptedBackend
from ayllu.config import AgentSettings, Settings
from ayllu.conversations import Conversations
from ayllu.retrieval import Library

COURSES = ("grafting", "sharpening", "welding")
CANDIDATES = ("The grafting course", "The sharpening course", "The welding course")


@pytest.fixture
def chat(library: Library, conversations: Conversations, tmp_path: Path) -> ChatSession:
    for number, course in enumerate(COURSES):
        text = f"# The {course} course\n\nIt does cost {number + 5} soles. It begins in May.\n"
        (tmp_path / f"{course}.md").write_text(text, "utf-8")
        library.ingest([str(tmp_path / f"{course}.md")], collection="courses")
    backend = ScriptedBackend(otherwise=lambda messages: "It does cost 5 soles.")
    settings = Settings(agents=AgentSettings(critic_threshold=0.0))
    return ChatSession(library, backend, conversations, settings, collections=["courses"])


async def test_what_completes_the_question_is_searched_for_with_it(chat: ChatSession, conversations: Conversations) -> None:
    back = await chat.ask_once("How much does it cost?")
    assert (back.kind, back.abstained, set(back.asks_back)) == ("abstained", True, set(CANDIDATES))
    assert tuple(back.to_json()["asks_back"]) == back.asks_back
    assert all(f"- {name}" in back.answer for name in CANDIDATES)
    assert back.model == "none"  # nobody was asked
    answer = await chat.ask_once("the grafting course")
    assert answer.question == "How much does it cost (the grafting course)?"
    assert answer.asks_back == ()
    assert Path(answer.citations[0].source).name == "grafting.md"
    assert "grafting" in conversations.get(answer.message_id).query


async def test_a_question_of_its_own_is_not_taken_for_a_choice(chat: ChatSession) -> None:
    await chat.ask_once("How much does it cost?")
    answer = await chat.ask_once("When does the welding course begin?")
    assert answer.question == "When does the welding course begin?"


async def test_after_an_answer_nothing_is_asked_back(chat: ChatSession) -> None:
    await chat.ask_once("When does the welding course begin?")
    assert (await chat.ask_once("How much does it cost?")).asks_back == ()


@pytest.mark.parametrize("question", ["How much does the welding course cost?", "What is welding?", "Who is the director?"])
async def test_a_question_that_names_something_is_answered(chat: ChatSession, question: str) -> None:
    assert (await chat.ask_once(question)).asks_back == ()


@pytest.mark.parametrize(
    ("reply", "question"),
    [
        ("2", "How much does it cost (The sharpening course)?"),
        ("grafting", "How much does it cost (grafting)?"),
        ("  the welding course. ", "How much does it cost (the welding course)?"),
        ("something else entirely", "How much does it cost (something else entirely)?"),
        ("7", "How much does it cost (7)?"),
        ("What is grafting?", None),
        ("List all the courses", None),
        ("I would rather know on which days of the week people may come in", None),
    ],
)
def test_a_choice_is_told_from_another_question(reply: str, question: str | None) -> None:
    assert completed("How much does it cost?", CANDIDATES, reply) == question


def test_without_a_question_back_nothing_is_completed() -> None:
    assert completed("How much does it cost?", (), "grafting") is None
