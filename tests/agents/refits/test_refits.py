"""What a person says of refusals and passages moves the critic's bound and the search, at once, and back again."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path

import pytest
from ayllu.agents import ChatSession, Memory, Refits
from ayllu.agents.judging import CALIBRATION, Calibration, Signals
from ayllu.backends.scripted import ScriptedBackend
from ayllu.calibration import fitted
from ayllu.config import AgentSettings, Settings
from ayllu.conversations import Answer, Conversations, Exchange
from ayllu.feedback import FeedbackEvent, FeedbackLog
from ayllu.retrieval import Library

FERRY = "The ferry to Amantani leaves at 7:45 from pier 3. It returns at noon. Dogs travel free. A ticket costs 9 soles.\n"
QUESTIONS = (
    "When does the ferry to Amantani leave?",
    "When does the ferry return?",
    "Do dogs travel free?",
    "How much is a ticket?",
    "From which pier does the ferry leave?",
    "How much does a ticket for the ferry cost?",
)
DRAFT = "The ferry to Amantani leaves at 7:45 from pier 3 [1]."


@dataclass
class Person:
    """Somebody who asks a critic that refuses whatever stands below its bound."""

    library: Library
    conversations: Conversations
    log: FeedbackLog
    folder: Path
    refit: bool = True
    bound: float = 0.32

    @property
    def refits(self) -> Refits:
        return Refits(lambda: self.log, "ana")

    async def ask(self, question: str, collection: str = "documents") -> Answer:
        chat = ChatSession(
            self.library,
            ScriptedBackend(otherwise=lambda messages: DRAFT),
            self.conversations,
            Settings(agents=AgentSettings(), person="ana"),
            collections=[collection],
            memory=Memory(lambda: self.log, "ana"),
            refits=self.refits if self.refit else None,
        )
        return await chat.ask_once(question)

    def kept(self, answer: Answer) -> Exchange:
        return self.conversations.get(answer.message_id)

    def say(self, answer: Answer, **parts: str | int) -> str:
        return self.log.rate(self.kept(answer), person="ana", **parts)

    async def judge(self, **parts: str | int) -> list[Answer]:
        """Five refusals; a `correction` is of the first alone."""
        answers = [await self.ask(question) for question in QUESTIONS[:5]]
        for answer in answers:
            self.say(answer, **parts)
            parts.pop("correction", None)
        return answers


@pytest.fixture
def person(
    library: Library, conversations: Conversations, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Person]:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "ferry.md").write_text(FERRY, "utf-8")
    for collection in ("documents", "others"):
        library.ingest([str(tmp_path / "documents")], collection=collection)
    log = FeedbackLog.open(tmp_path / "feedback.sqlite")
    person = Person(library, conversations, log, tmp_path / "documents")

    def calibration(embedder: str) -> Calibration:
        return replace(CALIBRATION, hopeless=person.bound, prose_threshold=person.bound, quote_threshold=person.bound)

    monkeypatch.setattr("ayllu.agents.judging.thresholds.calibration_of", calibration)
    monkeypatch.setattr("ayllu.agents.roles.critic.answerable", lambda signals: 0.25)
    yield person
    log.close()


async def test_refusals_judged_wrong_open_the_critic_at_once_in_their_collection_alone(person: Person) -> None:
    assert all(answer.abstained for answer in await person.judge(abstention="wrong"))
    assert not (await person.ask(QUESTIONS[5])).abstained
    assert (await person.ask(QUESTIONS[5], "others")).abstained
    person.refit = False
    assert (await person.ask(QUESTIONS[5])).abstained


async def test_what_is_taken_back_or_forgotten_moves_nothing(person: Person) -> None:
    answers = await person.judge(rating="down", abstention="wrong", correction="at 7:45")
    assert person.refits.bias(["documents"], person.library.embedder.name, prose=True).bias > 0.5
    person.log.take_back(person.kept(answers[0]), person="ana")
    person.log.take_back(person.kept(answers[1]), person="ana", names=["abstention", "rating"])
    assert person.refits.bias(["documents"], person.library.embedder.name, prose=True).bias == 0
    assert (await person.ask(QUESTIONS[5])).abstained
    person.log.forget(answers[2].message_id)
    assert person.refits.bias(["documents"], person.library.embedder.name, prose=True).labels == 2


async def test_refusals_judged_right_close_it_and_judgements_of_another_person_do_not_count(person: Person) -> None:
    await person.judge(abstention="right")
    name = person.library.embedder.name
    assert person.refits.bias(["documents"], name, prose=True).bias < 0
    assert person.refits.bias(["documents"], name, prose=False).labels == 0
    assert Refits(lambda: person.log, "ben").bias(["documents"], name, prose=True).labels == 0


async def test_a_corrected_refusal_proves_that_the_documents_answer(person: Person) -> None:
    answer = await person.ask(QUESTIONS[0])
    assert answer.abstained
    person.say(answer, rating="up", correction="at 7:45")
    labels = person.refits.labels(["documents"], person.library.embedder.name, prose=True)
    assert [(label.answer, label.proven) for label in labels.refusals] == [(True, True)]
    assert labels.corrections == 1


async def test_answers_that_the_bias_let_through_count_by_their_rating(person: Person) -> None:
    await person.judge(abstention="wrong")
    name = person.library.embedder.name
    before = person.refits.bias(["documents"], name, prose=True)
    answer = await person.ask(QUESTIONS[5])
    assert not answer.abstained
    person.say(answer, rating="down")
    after = person.refits.bias(["documents"], name, prose=True)
    assert (after.labels, after.bias < before.bias) == (before.labels + 1, True)


async def test_a_refusal_preferred_to_an_answer_was_right(person: Person) -> None:
    refusal = await person.ask(QUESTIONS[0])
    person.refit = False
    shown = replace(person.kept(refusal), answer=replace(refusal, message_id="m-other", kind="draft"))
    person.log.prefer(person.kept(refusal), shown, person="ana")
    labels = person.refits.labels(["documents"], person.library.embedder.name, prose=True)
    assert [label.answer for label in labels.refusals] == [False]  # one question


async def test_all_is_fitted_again_from_an_exported_log_alone(person: Person, tmp_path: Path) -> None:
    answers = await person.judge(abstention="wrong")
    person.say(answers[0], correction="at 7:45")
    person.log.export(tmp_path / "export")
    lines = (tmp_path / "export" / "feedback.jsonl").read_text("utf-8").splitlines()
    elsewhere = FeedbackLog.open(tmp_path / "elsewhere.sqlite")
    for line in lines:
        elsewhere.append(FeedbackEvent.from_json(json.loads(line)))
    there = Refits(lambda: elsewhere, "ana")
    name = person.library.embedder.name
    assert there.bias(["documents"], name, prose=True) == person.refits.bias(["documents"], name, prose=True)
    assert there.fusion(["documents"], name) == person.refits.fusion(["documents"], name)
    event = FeedbackEvent.from_json(json.loads(lines[0]))
    assert event.exchange is not None
    kept = event.exchange
    assert kept.critic is not None
    assert (kept.critic.decided, kept.critic.retrieved, kept.critic.hopeless) == ("hopeless", 0.25, 0.32)
    assert set(kept.critic.signals) == {signal.name for signal in fields(Signals)}
    assert kept.ranked
    assert kept.sentences
    assert (kept.propensity, kept.dense_share) == (1.0, fitted().dense_share)
    elsewhere.close()


async def test_a_passage_found_wrong_for_a_question_comes_last_when_it_is_asked_again(person: Person) -> None:
    library, memory = person.library, Memory(lambda: person.log, "ana")
    (person.folder / "boat.md").write_text("The night boat to Amantani leaves at 22:00 from pier 9.\n", "utf-8")
    library.ingest([str(person.folder)], collection="documents")
    person.bound = 0.0
    answer = await person.ask(QUESTIONS[0])
    cited = answer.citations[0]
    person.say(answer, citation_wrong=cited.n)

    def first(question: str, mode: str) -> str:
        pins = memory.pins(question, question, library, ["documents"])
        return library.search(question, collection="documents", mode=mode, pins=pins)[0].source

    for mode in ("hybrid", "keyword", "dense"):
        assert first(QUESTIONS[0], mode) != cited.source
    assert first("When does the ferry to Amantani leave, and from which pier?", "hybrid") == cited.source
    person.say(answer, correction="at 7:45")  # which stands in that passage
    assert first(QUESTIONS[0], "hybrid") == cited.source


async def test_an_answer_that_was_preferred_is_an_example_and_the_other_is_none(person: Person) -> None:
    person.bound = 0.0
    chosen, rejected = await person.ask(QUESTIONS[0]), await person.ask(QUESTIONS[0])
    person.say(rejected, rating="up")
    memory = Memory(lambda: person.log, "ana")
    assert [entry.message_id for entry in memory.entries()] == [rejected.message_id]
    person.log.prefer(person.kept(chosen), person.kept(rejected), person="ana")
    assert [(entry.kind, entry.message_id) for entry in memory.entries()] == [("accepted", chosen.message_id)]
