"""What version 0.1.0 kept opens, and goes on: a home that it made, with a library, conversations, feedback and adapters."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from ayllu import paths
from ayllu.adapters import AdapterRegistry, LearnedExtras, read_learned
from ayllu.agents import ChatSession
from ayllu.backends.scripted import ScriptedBackend
from ayllu.config import Settings, load
from ayllu.conversations import Conversations
from ayllu.feedback import FeedbackLog
from ayllu.retrieval import Embedder, Library
from ayllu.training import collect_corrections

FERRY, IN_WINTER = "m6613bf91be49e76addd", "m6613bfcd07ef2fb1777"  # one conversation
FOUNDER, FOOTBALL = "m6613c009da717e028cd", "m6613c01da5dcb131339"
SUNDAYS = "m6613c05117a57ce24de"  # asked of the model in prose
CONVERSATION = "s6613bf61fc77df3bc81"
FIRST, SECOND, MODEL = "a202601050900000001", "a202602050900000002", "smollm2-135m-instruct"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return shutil.copytree(Path(__file__).parent / "fixtures" / "home-0.1.0", tmp_path / "home", dirs_exist_ok=True)


@pytest.fixture
def conversations(home: Path) -> Iterator[Conversations]:
    conversations = Conversations.open(home / "conversations.sqlite")
    yield conversations
    conversations.close()


@pytest.fixture
def feedback(home: Path) -> Iterator[FeedbackLog]:
    feedback = FeedbackLog.open(home / "feedback.sqlite")
    yield feedback
    feedback.close()


def test_its_settings_are_read(home: Path) -> None:
    settings = load(home / "config.toml").settings
    assert (settings.collection, settings.retrieval.passages) == ("documents", 4)


@pytest.mark.model
def test_its_library_is_searched_and_grows_without_embedding_anything_anew(home: Path, real_embedder: Embedder) -> None:
    with Library.open(home / "library", real_embedder) as library:
        assert [Path(source.source).name for source in library.sources("documents")] == [
            "bakery.txt",
            "ferry.md",
            "library.md",
        ]
        for mode in ("hybrid", "dense", "keyword"):
            (best,) = library.search("When does the ferry leave?", k=1, mode=mode, collection="documents")
            assert best.text in library.source_text(best.source, "documents")
            assert "7:45" in best.text
        (home / "new.txt").write_text("The post office opens at noon.")
        assert library.ingest([str(home / "new.txt")], collection="documents").chunks == 1
        assert library.verify() == []
        assert "noon" in library.search("When does the post office open?", k=1, collection="documents")[0].text


def test_its_library_is_embedded_anew_for_another_embedder(home: Path, embedder: Embedder) -> None:
    with Library.open(home / "library", embedder) as library:
        assert "`ayllu sources reembed` embeds it anew" in library.verify()[-1]
        for collection in library.collections():
            library.reembed(collection)
        report = library.ingest([str(home / "documents")], collection="documents")
        assert report.documents == 3
        assert library.verify() == []
        best, *_ = library.search("When does the ferry leave?", mode="dense", collection="documents")
        assert "7:45" in best.text


def test_its_conversations_are_read_as_exchanges(conversations: Conversations) -> None:
    assert len(conversations.sessions.list()) == 5
    first, follow_up = conversations.exchanges(CONVERSATION)
    assert (first.message_id, follow_up.message_id) == (FERRY, IN_WINTER)
    assert (first.question, first.answer.short, first.answer.kind) == (
        "When does the ferry to Tequilla leave?",
        "7:45",
        "draft",
    )
    assert "ferry" in follow_up.query  # as it was searched for
    assert follow_up.question == "And in winter?"
    (cited,) = first.answer.citations
    marked = {passage.n: passage for passage in first.passages}
    assert "7:45" in marked[cited.n].text
    assert (first.style, conversations.get(SUNDAYS).style) == ("span", "prose")
    abstained = conversations.get(FOOTBALL).answer
    assert (abstained.abstained, abstained.citations) == (True, ())
    assert conversations.unanswered(CONVERSATION) == ["Do children pay on the ferry?"]
    assert conversations.draft(CONVERSATION) == "How much is a return"


async def test_a_conversation_of_it_is_continued(home: Path, conversations: Conversations, embedder: Embedder) -> None:
    with Library.open(home / "library", embedder) as library:
        library.repair()
        backend = ScriptedBackend(style="span", likings={"6 soles": -0.5})
        session = ChatSession(
            library, backend, conversations, Settings(), collections=["documents"], session_id=CONVERSATION
        )
        answer = await session.ask_once("How much does a single ticket cost?")
    assert answer.short == "6 soles"
    assert [exchange.message_id for exchange in conversations.exchanges(CONVERSATION)] == [
        FERRY,
        IN_WINTER,
        answer.message_id,
    ]


def test_its_feedback_is_read_added_to_and_exported(
    feedback: FeedbackLog, conversations: Conversations, tmp_path: Path
) -> None:
    before = feedback.stats()
    assert (before.up, before.down, before.corrections, before.preferences, before.forgotten) == (1, 1, 1, 1, 1)
    feedback.rate(conversations.get(FOUNDER), rating="up", person="ana")
    assert feedback.stats().up == before.up + 1
    feedback.rate(conversations.get(SUNDAYS), correction="10:00 to 14:00", person="ana")
    report = feedback.export(tmp_path / "out")
    lines = [json.loads(line) for line in (tmp_path / "out" / "feedback.jsonl").read_text("utf-8").splitlines()]
    assert len(lines) == report["events"] == before.events + 2


def test_its_corrections_can_be_learned_from(feedback: FeedbackLog) -> None:
    ((correction,), left_out) = collect_corrections(feedback.standing(), "span")
    assert (correction.question, correction.answer.strip()) == ("Who founded the bakery?", "Ines Quispe")
    assert left_out == {"without a correction": 2}


def test_its_adapters_are_listed_and_rolled_back(home: Path) -> None:
    registry = AdapterRegistry(paths.find(home).adapters)
    assert [(adapter.adapter_id, adapter.state) for adapter in registry.list()] == [(FIRST, "retired"), (SECOND, "promoted")]
    assert registry.get(SECOND).parent == FIRST
    assert registry.corrections_learned() == 2
    assert read_learned(registry.path(SECOND).parent) == LearnedExtras(0.42, asks=True, declines=True)
    assert registry.active(MODEL) == registry.get(SECOND)
    registry.rollback(MODEL)
    assert registry.active(MODEL) == registry.get(FIRST)
    assert registry.promote(SECOND).state == "promoted"
