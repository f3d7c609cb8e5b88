"""A prose model's draft, and a second model that reads the same passages: what a person gets of both."""

import asyncio
import logging
from collections.abc import Callable, Iterator

import pytest
from ayllu.agents import AgentStarted, AnswerReady, ChatSession, DraftDropped, Event, SecondReader
from ayllu.backends import BackendFailed
from ayllu.backends.scripted import ScriptedBackend
from ayllu.config import AgentSettings, Settings
from ayllu.conversations import Answer, Conversations
from ayllu.models import Profile
from ayllu.retrieval import SAMPLE_COLLECTION, Embedder, Library, load_sample

QUESTION = "When is the library open on Sundays?"
RIGHT = "On Sundays the library is open from 10:00 to 14:00."
WRONG = "On Sundays the library is open from 9:00 to 16:00."
PHRASE = "10:00 to 14:00"
Ask = Callable[..., list[Event]]


def reader(**options: object) -> ScriptedBackend:
    options.setdefault("likings", {PHRASE: -0.5})
    return ScriptedBackend(style="span", model="little", **options)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Library]:
    """The sample documents, which no test here changes."""
    with Library.open(tmp_path_factory.mktemp("library"), embedder) as library:
        load_sample(library)
        yield library


@pytest.fixture
def ask(library: Library, conversations: Conversations) -> Ask:
    """Asks one question of the sample documents; the draft is `draft`, by a model called `model`."""

    async def ask(
        draft: str,
        second: ScriptedBackend | SecondReader | None,
        *,
        model: str = "prose-0.5b",
        question: str = QUESTION,
        profile: Profile | None = None,
        second_reader: str = "auto",
    ) -> list[Event]:
        backend = ScriptedBackend(replies=[draft], model=model, profile=profile or Profile())
        settings = Settings(agents=AgentSettings(critic_threshold=0.0, second_reader=second_reader))
        reader = SecondReader(lambda: second, patience_s=600.0) if isinstance(second, ScriptedBackend) else second
        chat = ChatSession(library, backend, conversations, settings, collections=[SAMPLE_COLLECTION], second_reader=reader)
        return [event async for event in chat.ask(question)]

    return ask


def answer_of(events: list[Event]) -> Answer:
    assert isinstance(events[-1], AnswerReady)
    return events[-1].answer


def steps(events: list[Event]) -> list[str]:
    return [event.note for event in events if isinstance(event, AgentStarted) and event.agent == "second reader"]


async def test_where_both_agree_the_draft_stands_with_the_sentence_beneath(ask: Ask) -> None:
    events = await ask(RIGHT, reader())
    answer = answer_of(events)
    draft, quotation = answer.answer.split("\n\n")
    assert draft == "On Sundays the library is open from 10:00 to 14:00 [1]."
    assert quotation == f"> “{RIGHT}” [1]"
    assert answer.short == RIGHT
    assert answer.second_reading is not None
    assert (answer.second_reading.agreement, answer.second_reading.place) == ("agrees", "beneath")
    assert (answer.second_reading.short, answer.second_reading.model) == (PHRASE, "little")
    assert answer.agreement == "two readers agree"
    assert steps(events) == ["reading the same passages", f"reads “{PHRASE}”"]


async def test_beside_a_small_model_the_phrase_stands_first_and_the_answer_says_that_they_differ(ask: Ask) -> None:
    answer = answer_of(await ask(WRONG, reader()))
    phrase, quotation, between, draft = answer.answer.split("\n\n")
    assert phrase == f"{PHRASE} [1]"
    assert quotation.startswith("> “")
    assert PHRASE in quotation
    assert between == "The model that writes reads it differently:"
    assert draft == "On Sundays the library is open from 9:00 to 16:00 [1]."
    assert (answer.short, answer.kind) == (PHRASE, "draft")
    assert answer.second_reading.agreement == "differs"
    assert answer.agreement == ""
    assert PHRASE in answer.citations[answer.second_reading.n - 1].text


@pytest.mark.parametrize("model", ["model-of-unknown-size", "middling-1.2B"])
async def test_beside_another_model_the_draft_stands_first(ask: Ask, model: str) -> None:
    answer = answer_of(await ask(WRONG, reader(), model=model))
    draft, between, phrase, quotation = answer.answer.split("\n\n")
    assert draft == "On Sundays the library is open from 9:00 to 16:00 [1]."
    assert between == "A second reader of the same passages finds another answer:"
    assert phrase == f"{PHRASE} [1]"
    assert quotation.startswith("> “")
    assert answer.short == WRONG


async def test_what_is_not_supported_is_named_at_its_place_behind_the_phrase(ask: Ask) -> None:
    answer = answer_of(await ask(f"{WRONG} Penguins guard its green bridge.", reader()))
    assert answer.short == PHRASE
    [unsupported] = answer.unsupported
    assert answer.answer[unsupported.start : unsupported.end] == unsupported.text == "Penguins guard its green bridge."


async def test_where_they_agree_a_model_of_unknown_size_keeps_the_word(ask: Ask) -> None:
    answer = answer_of(await ask(RIGHT, reader(), model="unknown"))
    assert answer.answer == "On Sundays the library is open from 10:00 to 14:00 [1]."
    assert answer.agreement == "two readers agree"


async def test_a_large_model_answers_alone(ask: Ask) -> None:
    second = reader()
    answer = answer_of(await ask(WRONG, second, model="large-7B"))
    assert answer.second_reading is None
    assert second.starts == 0


async def test_a_profile_has_the_last_word_on_who_reads(ask: Ask) -> None:
    second = reader()
    alone = answer_of(await ask(RIGHT, second, profile=Profile(second_reader="alone")))
    assert alone.second_reading is None
    first = answer_of(await ask(WRONG, second, model="large-7B", profile=Profile(second_reader="phrase")))
    assert first.short == PHRASE


@pytest.mark.parametrize("question", ["How do I become a member?", "Which courses are there?", "Is it open on Sundays?"])
async def test_what_no_phrase_answers_is_not_read_twice(ask: Ask, question: str) -> None:
    second = reader()
    answer = answer_of(await ask("The yearly fee is 24 soles.", second, question=question))
    assert answer.second_reading is None
    assert second.starts == 0


async def test_a_phrase_takes_the_place_of_a_draft_that_gives_way(ask: Ask) -> None:
    events = await ask("Penguins waddle over antarctic icebergs.", reader())
    answer = answer_of(events)
    assert answer.short == PHRASE
    assert answer.withdrawn.text == "Penguins waddle over antarctic icebergs."
    assert any(isinstance(event, DraftDropped) for event in events)


async def test_turned_off_nobody_reads_twice(ask: Ask) -> None:
    second = reader()
    assert answer_of(await ask(WRONG, second, second_reader="off")).second_reading is None
    assert second.starts == 0


async def test_one_that_is_missing_costs_the_answer_nothing_and_the_log_says_why(
    ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    second = SecondReader(reader, lambda: "its weights are not here")
    with caplog.at_level(logging.WARNING):
        events = await ask(RIGHT, second)
        await ask(RIGHT, second)
    assert answer_of(events).second_reading is None
    assert answer_of(events).answer.startswith("On Sundays")
    assert [record.getMessage() for record in caplog.records].count(
        "the second reader did not read: its weights are not here"
    ) == 1
    assert steps(events)[-1] == "its weights are not here"


@pytest.mark.parametrize("error", [BackendFailed("The worker died.", hint="Ask again."), ValueError("odd")])
async def test_one_that_fails_costs_the_answer_nothing(ask: Ask, error: Exception) -> None:
    broken = reader()
    broken.down = error
    assert answer_of(await ask(RIGHT, broken)).second_reading is None
    breaking = reader()
    breaking.raw.error = error
    assert answer_of(await ask(RIGHT, breaking)).answer.startswith("On Sundays")


async def test_one_that_is_slow_is_not_waited_for_and_rests_then(ask: Ask) -> None:
    slow = reader()
    second = SecondReader(lambda: slow, patience_s=0.01)
    await second.warm(str)
    slow.raw.pause_s = 60.0
    assert answer_of(await ask(RIGHT, second)).second_reading is None
    assert "had not read within" in second.failure
    starts = slow.starts
    await ask(RIGHT, second)
    assert slow.starts == starts


async def test_one_that_loads_slowly_is_there_for_a_later_question(ask: Ask) -> None:
    loading = asyncio.Event()

    class Loading(ScriptedBackend):
        async def start(self) -> None:
            await loading.wait()

    second = SecondReader(lambda: Loading(style="span", likings={PHRASE: -0.5}), patience_s=0.01)
    assert answer_of(await ask(RIGHT, second)).second_reading is None
    loading.set()
    second.patience_s = 60.0
    assert answer_of(await ask(RIGHT, second)).second_reading is not None
    await second.close()


async def test_where_the_answer_took_long_the_second_reading_may_take_a_share_of_that(library: Library) -> None:
    retrieved = library.retrieve(QUESTION, k=3, collection=SAMPLE_COLLECTION)
    second = SecondReader(lambda: reader(pause_s=0.001), patience_s=0.0)
    assert await second.read(QUESTION, retrieved, library, str) is None
    second = SecondReader(lambda: reader(pause_s=0.001), patience_s=0.0)
    reading = await second.read(QUESTION, retrieved, library, str, taken_s=10_000.0)
    assert reading is not None
    assert reading.phrase == PHRASE
