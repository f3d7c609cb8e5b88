"""What a model that writes prose sees: by how fast it reads, and with what it has read already first."""

from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from autogen_core.models import CreateResult, LLMMessage
from ayllu.agents import ChatSession
from ayllu.backends import Reading, ResultWithNotices
from ayllu.backends.scripted import Reply, ScriptedBackend
from ayllu.backends.scripted.client import ScriptedClient
from ayllu.config import AgentSettings, Settings
from ayllu.conversations import Conversations
from ayllu.models import Speeds
from ayllu.retrieval import Document, Library, Parsed

ANSWERS_ALL = Settings(agents=AgentSettings(critic_threshold=0.0))
ANSWER = "The kiln is fired for nine hours [1]."


class ClientThatReadsAhead(ScriptedClient):
    """Says that it reads `speed` tokens a second."""

    def __init__(self, speed: float) -> None:
        super().__init__(otherwise=lambda messages: ANSWER)
        self.speed = speed
        self.ahead: list[Sequence[LLMMessage]] = []

    async def read_ahead(self, messages: Sequence[LLMMessage]) -> Reading:
        self.ahead.append(messages)
        return Reading(tokens=100, seconds=100 / self.speed)

    async def create_stream(
        self, messages: Sequence[LLMMessage], **options: Any
    ) -> AsyncGenerator[str | CreateResult, None]:
        async for piece in super().create_stream(messages, **options):
            timed = isinstance(piece, CreateResult)
            yield ResultWithNotices(**dict(piece), reading=Reading(100, 100 / self.speed)) if timed else piece


@dataclass
class Chat:
    session: ChatSession
    client: ScriptedClient

    async def prompt(self, question: str) -> str:
        """The passages as the model sees them."""
        await self.session.ask_once(question)
        messages, _ = self.client.calls[-1]
        return str(messages[1].content)


@pytest.fixture
def open_chat(library: Library, conversations: Conversations) -> Callable[..., Chat]:
    """About six documents that are about as near to the question."""
    texts = {
        f"{name}.md": " ".join(
            f"The kiln in {name} street is fired for {hours} hours." for hours in range(at * 10, at * 10 + 9)
        )
        for at, name in enumerate(("Ash", "Birch", "Cedar", "Dogwood", "Elm", "Fir"), start=1)
    }
    library.add([Document("c", name, "t", Parsed(text, "text/markdown")) for name, text in texts.items()])

    def make(speed: float | None = None, **options: object) -> Chat:
        backend = ScriptedBackend(otherwise=lambda messages: ANSWER)
        if speed is not None:
            backend.client = ClientThatReadsAhead(speed)
        return Chat(ChatSession(library, backend, conversations, ANSWERS_ALL, collections=["c"], **options), backend.client)

    return make


def passages_in(prompt: str) -> int:
    return prompt.count('.md"\n')


async def test_a_fast_machine_sees_more_than_was_retrieved_and_a_slow_one_less(open_chat: Callable[..., Chat]) -> None:
    question = "For how many hours is the kiln fired?"
    retrieved = passages_in(await open_chat().prompt(question))  # nothing is known of this server
    fast = passages_in(await open_chat(5_000.0).prompt(question))
    slow = passages_in(await open_chat(10.0).prompt(question))
    assert retrieved == 3
    assert fast > 3
    assert slow == 1


async def test_a_number_that_was_asked_for_holds_whatever_the_speed(open_chat: Callable[..., Chat]) -> None:
    for speed in (5_000.0, 10.0):
        chat = open_chat(speed, passages=2)
        assert passages_in(await chat.prompt("For how many hours is the kiln fired?")) == 2
        assert chat.client.ahead == []  # so its speed is nobody's business


async def test_the_next_question_sees_the_same_passages_where_they_stood(open_chat: Callable[..., Chat]) -> None:
    chat = open_chat(500.0)
    first = await chat.prompt("For how many hours is the kiln in Cedar street fired?")
    second = await chat.prompt("For how many minutes is the kiln in Cedar street fired?")
    beginning = first.rpartition("Question: ")[0]
    assert second.startswith(beginning[: len(beginning) // 2])


async def test_how_fast_a_server_reads_is_seen_once_and_remembered(open_chat: Callable[..., Chat], tmp_path: Path) -> None:
    speeds = Speeds(tmp_path / "speeds.json")
    await open_chat(80.0, speeds=speeds).prompt("For how many hours is the kiln fired?")
    assert speeds.of("scripted-model").reading == pytest.approx(80.0)
    again = open_chat(80.0, speeds=speeds)
    await again.prompt("For how many hours is the kiln fired?")
    assert again.client.ahead == []


async def test_warming_reads_the_beginning_of_every_prompt(open_chat: Callable[..., Chat]) -> None:
    chat = open_chat(80.0)
    await chat.session.warm()
    prompt = await chat.prompt("For how many hours is the kiln fired?")
    ((system, passages),) = chat.client.ahead
    assert chat.client.calls[-1][0][0].content == system.content
    assert prompt.startswith(passages.content)


async def test_a_server_without_timings_is_measured_by_its_first_token(
    library: Library, conversations: Conversations, open_chat: Callable[..., Chat], tmp_path: Path
) -> None:
    speeds = Speeds(tmp_path / "speeds.json")
    backend = ScriptedBackend(replies=[Reply(f"{ANSWER} " * 3, pause_s=0.01)])
    await ChatSession(library, backend, conversations, ANSWERS_ALL, collections=["c"], speeds=speeds).ask_once("kiln hours?")
    assert 0 < (speeds.of("scripted-model").reading or 0) < 100_000
    assert 0 < (speeds.of("scripted-model").writing or 0) <= 100


async def test_marks_count_the_passages_as_the_model_saw_them(open_chat: Callable[..., Chat]) -> None:
    """The second question's best passage stands second in the prompt, after what was read before."""
    chat = open_chat(500.0)
    await chat.prompt("For how many hours is the kiln in Cedar street fired?")
    chat.client._otherwise = lambda messages: "The kiln in Elm street is fired for 53 hours."
    answer = await chat.session.ask_once("For how many hours is the kiln in Elm street fired?")
    assert answer.citations[0].source == "Elm.md"
    assert answer.answer.endswith("[1].")
