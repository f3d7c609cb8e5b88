"""What a person corrected is the answer where its question comes again, and nowhere else."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from ayllu.agents import AgentStarted, ChatSession, Event, Memory
from ayllu.backends import BackendUnreachable
from ayllu.backends.scripted import ScriptedBackend
from ayllu.config import AgentSettings, Settings
from ayllu.conversations import Answer, Conversations
from ayllu.feedback import FeedbackLog
from ayllu.retrieval import IngestOptions, Library

QUESTION = "When does the ferry to Amantani leave?"
FERRY = "# The ferry\n\nThe ferry to Amantani leaves at 7:45 from pier 3. It returns at noon.\n\nDogs travel free.\n"
WRONG = "The ferry to Amantani leaves at 7:45 from pier 3 [1]."


@dataclass
class Reader:
    """A person at a library of one document, with what they say of its answers."""

    library: Library
    conversations: Conversations
    log: FeedbackLog
    folder: Path
    backend: ScriptedBackend

    def write(self, text: str = FERRY, *, chunk_tokens: int = 200, collection: str = "documents") -> None:
        (self.folder / "ferry.md").write_text(text, "utf-8")
        self.library.ingest([str(self.folder)], collection=collection, options=IngestOptions(chunk_tokens=chunk_tokens))

    async def ask(
        self, question: str = QUESTION, person: str = "ana", collection: str = "documents", events: list[Event] | None = None
    ) -> Answer:
        chat = ChatSession(
            self.library,
            self.backend,
            self.conversations,
            Settings(agents=AgentSettings(critic_threshold=0.0), person=person),
            collections=[collection],
            memory=Memory(lambda: self.log, person),
        )
        return await chat.ask_once(question, events.append if events is not None else None)

    def say(self, answer: Answer, person: str = "ana", **parts: str | int) -> str:
        return self.log.rate(self.conversations.get(answer.message_id), person=person, **parts)

    async def correct(self, text: str = "early, at 7:45", person: str = "ana") -> str:
        """Ask the question, and correct its answer."""
        return self.say(await self.ask(person=person), person, correction=text)

    @property
    def calls(self) -> int:
        return len(self.backend.client.calls) + len(self.backend.raw.requests)


@pytest.fixture
def reader(library: Library, conversations: Conversations, tmp_path: Path) -> Iterator[Callable[..., Reader]]:
    logs: list[FeedbackLog] = []

    def make(style: str = "prose") -> Reader:
        folder = tmp_path / "documents"
        folder.mkdir()
        logs.append(FeedbackLog.open(tmp_path / "feedback.sqlite"))
        backend = ScriptedBackend(style=style, otherwise=lambda messages: WRONG)
        reader = Reader(library, conversations, logs[0], folder, backend)
        reader.write()
        return reader

    yield make
    for log in logs:
        log.close()


@pytest.mark.parametrize("style", ["prose", "span"])
async def test_a_corrected_question_is_answered_by_the_correction_and_no_model_is_asked(
    reader: Callable[..., Reader], style: str
) -> None:
    here = reader(style)
    entry = await here.correct()
    calls = here.calls
    here.backend.down = BackendUnreachable("It is gone.", hint="Start it.")
    events: list[Event] = []
    answer = await here.ask(" when does the ferry to Amantani leave ", events=events)
    assert answer.memory is not None
    assert (answer.memory.id, answer.memory.closeness, answer.memory.own) == (entry, "same", True)
    assert answer.memory.note.startswith("You corrected this on ")
    assert answer.short == "early, at 7:45"
    assert answer.answer.startswith("early, at 7:45 [1]\n\n> “The ferry to Amantani leaves at 7:45")
    assert [citation.source for citation in answer.citations] == [str(here.folder / "ferry.md")]
    assert here.calls == calls
    assert any(isinstance(event, AgentStarted) and event.agent == "archivist" for event in events)
    kept = here.conversations.get(answer.message_id)
    assert (kept.answer.memory, kept.style) == (answer.memory, style)


async def test_a_corrected_summary_is_not_read_for_again(reader: Callable[..., Reader]) -> None:
    here = reader()
    question = "Summarise ferry.md"
    here.say(await here.ask(question), correction="A ferry goes to Amantani.")
    calls = here.calls
    answer = await here.ask(question)
    assert answer.memory is not None
    assert (answer.short, here.calls) == ("A ferry goes to Amantani.", calls)


async def test_in_other_words_it_is_answered_too_and_what_asks_for_something_else_is_not(
    reader: Callable[..., Reader],
) -> None:
    here = reader()
    await here.correct()
    answer = await here.ask("When does the Amantani ferry leave?")
    assert answer.memory is not None
    assert answer.memory.closeness == "alike"
    assert "asked in other words" in answer.memory.note
    for question in (
        "Where does the ferry to Amantani leave?",
        "When does the ferry to Taquile leave?",
        "When does the last ferry to Amantani leave?",
        "When does the ferry 2 to Amantani leave?",
        "Why does the ferry to Amantani leave?",
    ):
        assert (await here.ask(question)).memory is None, question


async def test_a_document_that_changed_makes_it_stale_wherever_it_changed(reader: Callable[..., Reader]) -> None:
    here = reader()
    await here.correct()
    here.write(FERRY + "\nThe new pier opens in May.\n")
    answer = await here.ask()
    assert answer.memory is None
    (stale,) = answer.recollections
    assert stale.stale == "ferry.md has changed since"
    assert stale.note.endswith("not used, for ferry.md has changed since.")
    here.write(FERRY)
    assert (await here.ask()).memory is not None
    with here.library.writing():
        here.library.remove_source("documents", str(here.folder / "ferry.md"))
    assert "not in the library any more" in (await here.ask()).recollections[0].stale


async def test_cut_anew_a_document_is_the_same(reader: Callable[..., Reader]) -> None:
    here = reader()
    here.write(FERRY + "\n" + "It passes the island of the weavers, and waits for nobody there. " * 12)
    await here.correct("It leaves at pier 3, at 7:45")
    before = here.library.count("documents")
    text = (here.folder / "ferry.md").read_text("utf-8")
    here.write(text, chunk_tokens=32)
    assert here.library.count("documents") != before
    answer = await here.ask()
    assert answer.memory is not None
    assert "7:45 from pier 3" in answer.citations[0].text


async def test_what_another_person_says_is_shown_as_theirs_and_ones_own_word_stands(reader: Callable[..., Reader]) -> None:
    here = reader()
    await here.correct("at 7:45 sharp", person="ben")
    answer = await here.ask()
    assert answer.memory is None
    assert answer.recollections[0].note.startswith("ben corrected this on ")
    await here.correct("at 7:45")
    mine = await here.ask()
    assert mine.memory is not None
    assert (mine.memory.answer, mine.memory.person) == ("at 7:45", "ana")
    assert [each.person for each in mine.recollections] == ["ben"]


async def test_a_correction_in_words_of_ones_own_answers_without_a_mark(reader: Callable[..., Reader]) -> None:
    here = reader()
    await here.correct("whenever the captain is awake")
    answer = await here.ask()
    assert answer.memory is not None
    assert answer.memory.own_words
    assert answer.memory.note.endswith(", in words of your own.")
    assert (answer.answer, answer.citations) == ("whenever the captain is awake", ())


async def test_of_a_model_that_points_what_is_said_around_the_answer_goes(
    reader: Callable[..., Reader],
) -> None:
    here = reader("span")
    await here.correct("No, the text says at 7:45.")
    assert (await here.ask()).short == "at 7:45."


async def test_it_holds_for_its_own_collection(reader: Callable[..., Reader]) -> None:
    here = reader()
    await here.correct()
    here.write(collection="others")
    answer = await here.ask(collection="others")
    assert (answer.memory, answer.recollections) == (None, ())


async def test_what_is_forgotten_taken_back_removed_or_rated_bad_answers_no_more(reader: Callable[..., Reader]) -> None:
    here = reader()
    corrected = await here.ask()
    entry = here.say(corrected, correction="a secret hour")
    assert (await here.ask()).memory is not None
    here.log.forget(entry)
    assert (await here.ask()).memory is None
    assert b"secret" not in b"".join(file.read_bytes() for file in here.folder.parent.glob("feedback*"))

    await here.correct("at 7:45")
    given = await here.ask()
    here.say(given, rating="down")
    assert (await here.ask()).memory is None
    here.log.take_back(here.conversations.get(given.message_id), person="ana", names=["rating"])
    assert (await here.ask()).memory is not None

    again = here.conversations.get(given.memory.message_id)
    here.log.rate(again, person="ana", memory="off")
    assert (await here.ask()).memory is None
    here.log.rate(again, person="ana", correction="at 7:46")
    assert (await here.ask()).short == "at 7:46"
    here.log.take_back(again, person="ana")
    assert (await here.ask()).memory is None


async def test_an_accepted_answer_is_an_example_and_no_answer(reader: Callable[..., Reader]) -> None:
    here = reader()
    here.say(await here.ask(), rating="up")
    answer = await here.ask()
    assert answer.memory is None
    assert [(each.kind, each.closeness) for each in answer.recollections] == [("accepted", "same")]
    messages, _ = here.backend.client.calls[-1]
    assert [str(message.content) for message in messages][-2:] == [
        "The ferry to Amantani leaves at 7:45 from pier 3.",
        f"Question: {QUESTION}",
    ]


@pytest.mark.parametrize("order", [("rating", "correction"), ("correction", "rating")])
async def test_of_what_is_corrected_the_wrong_answer_is_no_example(
    reader: Callable[..., Reader], order: tuple[str, str]
) -> None:
    here = reader()
    wrong = await here.ask()
    for part in order:
        here.say(wrong, **{part: {"rating": "up", "correction": "at 7:45"}[part]})
    (entry,) = Memory(lambda: here.log, "ana").entries()
    assert (entry.kind, entry.answer) == ("correction", "at 7:45")


async def test_what_was_accepted_before_the_question_was_corrected_is_no_example(reader: Callable[..., Reader]) -> None:
    here = reader()
    here.say(await here.ask(), rating="up")
    await here.correct()
    answer = await here.ask()
    assert answer.memory is not None
    assert answer.recollections == ()


async def test_a_correction_in_words_of_no_passage_pins_none(reader: Callable[..., Reader]) -> None:
    here = reader()
    await here.correct("only the harbour master knows")
    memory = Memory(lambda: here.log, "ana")
    assert memory.pins(QUESTION, QUESTION, here.library, ["documents"], answered=True) == []
    await here.correct("at 7:45")
    assert len(memory.pins(QUESTION, QUESTION, here.library, ["documents"], answered=True)) == 1


async def test_without_a_memory_nothing_is_remembered(reader: Callable[..., Reader]) -> None:
    here = reader()
    await here.correct()
    chat = ChatSession(here.library, here.backend, here.conversations, Settings(), collections=["documents"])
    answer = await chat.ask_once(QUESTION)
    assert (answer.memory, answer.recollections) == (None, ())


async def test_the_passage_of_a_corrected_question_is_searched_with_its_words(reader: Callable[..., Reader]) -> None:
    here = reader()
    for number in range(12):
        (here.folder / f"{number}.md").write_text(
            f"Lawn shears number {number} cut after dusk, says owner {number}.\n", "utf-8"
        )
    (here.folder / "hatch.md").write_text("A green hatch takes what is small.\n", "utf-8")
    here.write()
    question = "How do I bring lawn shears to the owner after dusk"
    assert "hatch" not in "".join(passage.text for passage in (await here.ask(f"{question}?")).passages)
    wrong = await here.ask(f"{question} by the small green hatch?")
    here.say(wrong, "ben", correction="the green hatch takes them")
    assert "hatch" in "".join(passage.text for passage in (await here.ask(f"{question}?")).passages)
    assert "hatch" not in "".join(passage.text for passage in (await here.ask("Where do I bring lawn shears?")).passages)


async def test_a_pin_holds_in_both_searches_when_its_document_is_cut_anew(reader: Callable[..., Reader]) -> None:
    here = reader()
    await here.correct("at 7:45")
    text = FERRY + "\n" + "It passes the island of the weavers, and waits for nobody there. " * 12
    (here.folder / "other.md").write_text(f"{QUESTION} {QUESTION} Nobody knows when it does.\n", "utf-8")
    here.write(text)
    assert (await here.ask()).memory is None  # the document is another one now
    await here.correct("at 7:45")
    here.write(text, chunk_tokens=32)
    pins = Memory(lambda: here.log, "ana").pins(QUESTION, QUESTION, here.library, ["documents"], answered=True)
    for mode in ("keyword", "dense", "hybrid"):
        first, *_ = here.library.search(QUESTION, collection="documents", mode=mode, pins=pins)
        assert "7:45 from pier 3" in first.text, mode
        assert "7:45" not in here.library.search(QUESTION, collection="documents", mode=mode)[0].text, mode
