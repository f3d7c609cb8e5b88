"""The critic, alone: whether it is worth writing, and what becomes of a draft."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from ayllu.agents import AgentStarted, DraftDropped, Warned
from ayllu.agents.judging import (
    CALIBRATION,
    answerable,
    confirmed,
    decide_before_writing,
    measure_signals,
)
from ayllu.agents.messages import Draft, Findings, TeamMessage, Verdict
from ayllu.agents.writing.span import FEATURES, Ranked
from ayllu.backends.scripted import ScriptedBackend
from ayllu.config import Settings
from ayllu.models import Profile

from ..conftest import Stage

SPAN = ScriptedBackend(style="span")
SUPPORTED = "On Sundays the library is open from 10:00 to 14:00 [1]."
AMISS = "A member of the garden group may lend out seeds, jars, boxes and labels for the winter [1]."  # words of the texts


async def begin(here: Stage, text: str = "When is the library open on Sundays?") -> tuple[TeamMessage, ...]:
    question = here.question(text)
    return question, await here.say("retriever", question)


def draft(method: str, **fields: object) -> Draft:
    return Draft(source="writer", method=method, **fields)


@pytest.mark.parametrize(
    ("backend", "text", "method"),
    [
        (SPAN, "When is the library open on Sundays?", "span"),
        (SPAN, "How do I become a member?", "quotation"),
        (ScriptedBackend(), "How do I become a member?", "prose"),
    ],
)
async def test_the_first_verdict_settles_how_it_is_written(
    stage: Callable[..., Stage], backend: ScriptedBackend, text: str, method: str
) -> None:
    here = stage(backend)
    thread = await begin(here, text)
    verdict = await here.say("critic", *thread)
    assert isinstance(verdict, Verdict)
    assert (verdict.decision, verdict.method) == ("write", method)
    assert isinstance(thread[1], Findings)
    assert verdict.answerable == answerable(measure_signals(here.library, text, thread[1].retrieved))


async def test_what_the_documents_hardly_answer_is_not_written(stage: Callable[..., Stage]) -> None:
    here = stage(threshold=1.0)
    verdict = await here.say("critic", *await begin(here))
    assert verdict.decision == "abstain"
    assert here.events[-1] == AgentStarted("critic", "checking against the documents")


async def test_a_model_that_points_is_asked_sooner_than_one_that_writes_prose(stage: Callable[..., Stage]) -> None:
    question = "When is the library open on Sundays?"
    decisions = []
    for backend in (SPAN, ScriptedBackend()):
        here = stage(backend, threshold=0.9999)
        decisions.append((await here.say("critic", *await begin(here, question))).decision)
    assert decisions == ["write", "abstain"]


async def test_without_evidence_there_is_nothing_to_write_from(stage: Callable[..., Stage]) -> None:
    here = stage(SPAN)
    question = here.question().model_copy(update={"collections": ("empty",)})
    verdict = await here.say("critic", question, await here.say("retriever", question))
    assert verdict.decision == "abstain"


@pytest.mark.parametrize(
    ("text", "decision", "dropped"),
    [
        (SUPPORTED, "draft", False),
        ("On Sundays the library is open from 10:00 to 14:00.", "draft", False),  # without a mark
        ("Bananas grow on the moon [1]. On Sundays the library is open from 10:00 to 14:00.", "draft", False),
        ("Bananas grow on the moon [1].", "quote", True),
        ("NOT IN THE DOCUMENTS", "abstain", True),
        ("**Not in the documents.** [1]", "abstain", True),
        (" ", "quote", False),  # nothing was shown that would be taken back
    ],
)
async def test_prose_is_shown_where_the_passages_support_anything_in_it(
    stage: Callable[..., Stage], text: str, decision: str, dropped: bool
) -> None:
    here = stage()
    thread = await begin(here)
    first = Verdict(source="critic", decision="write", method="prose", answerable=0.75)
    verdict = await here.say("critic", *thread, first, draft("prose", text=text))
    assert (verdict.decision, verdict.method, verdict.answerable) == (decision, "prose", 0.75)
    assert any(isinstance(event, DraftDropped) for event in here.events) == dropped
    assert bool(verdict.reason) == (decision != "draft")


async def test_prose_is_asked_from_hopeless_on_and_shown_where_it_is_near_to_the_evidence(
    stage: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = stage()
    here.settings = Settings()  # no threshold of a person's own
    monkeypatch.setattr(type(here.library.embedder), "name", "onnx:all-minilm-l6-v2")  # of which there are thresholds
    thread = await begin(here)
    assert isinstance(thread[1], Findings)
    for probability, decision in ((CALIBRATION.quote_threshold, "write"), (CALIBRATION.hopeless / 2, "abstain")):
        assert decide_before_writing(thread[1].retrieved, probability, CALIBRATION.hopeless) == decision
    first = Verdict(source="critic", decision="write", method="prose", answerable=0.2)
    for text, decision in ((SUPPORTED, "draft"), (AMISS, "abstain"), ("Bananas grow on the moon.", "abstain")):
        assert (await here.say("critic", *thread, first, draft("prose", text=text))).decision == decision


async def test_what_stands_in_a_passage_that_was_read_besides_is_near_to_it(
    stage: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = stage()
    here.settings = Settings()
    monkeypatch.setattr(type(here.library.embedder), "name", "onnx:all-minilm-l6-v2")
    question, findings = await begin(here)
    assert isinstance(findings, Findings)
    passages = findings.retrieved.passages
    first = Verdict(source="critic", decision="write", method="prose", answerable=0.2)
    others = replace(findings.retrieved, passages=passages[1:], sentences=())
    for read, decision in ((passages[1:], "abstain"), (passages, "draft")):
        written = draft("prose", text=SUPPORTED, read=tuple(read))
        verdict = await here.say("critic", question, Findings(source="retriever", retrieved=others), first, written)
        assert verdict.decision == decision


async def test_a_short_answer_is_as_near_to_the_evidence_as_a_sentence_is(stage: Callable[..., Stage]) -> None:
    here = stage()
    question, findings = await begin(here)
    assert isinstance(findings, Findings)
    retrieved, names = findings.retrieved, question.collections
    short = here.library.nearness("10:00 to 14:00", retrieved, collection=names)
    sentence = here.library.nearness(SUPPORTED.removesuffix(" [1]."), retrieved, collection=names)
    assert short > 0.5 * sentence > 0
    assert here.library.nearness(AMISS, retrieved, collection=names) < short
    assert here.library.nearness("", replace(retrieved, sentences=()), collection=names) == 0.0


@pytest.mark.parametrize(("believed", "decision"), [(True, "abstain"), (False, "quote")])
async def test_a_refusal_counts_as_the_profile_of_the_model_says(
    stage: Callable[..., Stage], believed: bool, decision: str
) -> None:
    here = stage(ScriptedBackend(profile=Profile(believed=believed)))
    first = Verdict(source="critic", decision="write", method="prose", answerable=0.75)
    verdict = await here.say("critic", *await begin(here), first, draft("prose", text="No está en los documentos."))
    assert verdict.decision == decision


@pytest.mark.parametrize(("threshold", "decision"), [(0.0, "draft"), (1.0, "abstain")])
async def test_the_liking_of_a_model_that_points_counts(
    stage: Callable[..., Stage], threshold: float, decision: str
) -> None:
    here = stage(SPAN, threshold)
    features = tuple(-2.0 if name == "logprob" else 0.0 for name in FEATURES)
    written = draft("span", short="10:00 to 14:00", candidates=(Ranked("10:00 to 14:00", 1.0, 1.0, features, 0),))
    first = Verdict(source="critic", decision="write", method="span", answerable=0.6)
    verdict = await here.say("critic", *await begin(here), first, written)
    assert verdict.decision == decision
    assert verdict.answerable == confirmed(0.6, -2.0)


async def test_without_a_short_answer_the_sentences_are_quoted(stage: Callable[..., Stage]) -> None:
    here = stage(SPAN)
    first = Verdict(source="critic", decision="write", method="span", answerable=0.6)
    thread = await begin(here)
    assert isinstance(thread[1], Findings)
    quotations = tuple(thread[1].retrieved.sentences[:1])
    verdict = await here.say("critic", *thread, first, draft("span", quotations=quotations))
    assert (verdict.decision, verdict.answerable) == ("quote", 0.6)
    nothing = await here.say("critic", *thread, first, draft("span"))
    assert nothing.decision == "abstain"


async def test_where_only_headings_were_found_unsupported_prose_gives_way_to_an_abstention(
    stage: Callable[..., Stage],
) -> None:
    here = stage()
    question, findings = await begin(here)
    assert isinstance(findings, Findings)
    headings = [replace(sentence, heading=True) for sentence in findings.retrieved.sentences]
    bare = findings.model_copy(update={"retrieved": replace(findings.retrieved, sentences=headings)})
    first = Verdict(source="critic", decision="write", method="prose", answerable=0.75)
    for text in (" ", "Bananas grow on the moon [1]."):
        verdict = await here.say("critic", question, bare, first, draft("prose", text=text))
        assert verdict.decision == "abstain"


async def test_a_date_that_the_documents_have_is_worth_writing_about(stage: Callable[..., Stage], tmp_path: Path) -> None:
    (tmp_path / "minutes.md").write_text("# Minutes\n\n## 3rd of December 2022\n\nThe board went home.\n", "utf-8")
    here = stage(SPAN, threshold=0.5)
    here.library.ingest([str(tmp_path / "minutes.md")], collection=here.question("?").collections[0])
    verdict = await here.say("critic", *await begin(here, "What came of 2022-12-03?"))
    assert (verdict.decision, verdict.answerable >= 0.6) == ("write", True)


async def test_a_draft_in_another_language_than_the_documents_is_not_withdrawn_for_its_words(
    stage: Callable[..., Stage],
) -> None:
    here = stage()
    question = here.question("Wann ist die Bibliothek am Sonntag für alle geöffnet?")
    findings = await here.say("retriever", question)
    first = await here.say("critic", question, findings)
    text = "Die Bibliothek ist an diesem Tag für alle geöffnet, und das ist schon lange so."
    draft = Draft(source="writer", method="prose", text=text)
    verdict = await here.say("critic", question, findings, first, draft)
    assert isinstance(verdict, Verdict)
    assert verdict.decision == "draft"
    assert any("another language" in event.message for event in here.events if isinstance(event, Warned))


async def test_a_model_that_points_says_that_it_writes_no_summary(stage: Callable[..., Stage]) -> None:
    here = stage(ScriptedBackend(style="span"))
    summary = here.question("Summarise the house rules.")
    findings = await here.say("retriever", summary)
    await here.say("critic", summary, findings)
    assert any("models list" in event.message for event in here.events if isinstance(event, Warned))


async def test_what_is_said_around_a_question_does_not_make_the_documents_answer_it_less(
    stage: Callable[..., Stage],
) -> None:
    here = stage()
    asked_alone = await here.say("critic", *await begin(here))
    chatty = "That is fine. I heard that many neighbours borrow ladders. When is the library open on Sundays?"
    verdict = await here.say("critic", *await begin(here, chatty))
    assert isinstance(asked_alone, Verdict)
    assert isinstance(verdict, Verdict)
    assert verdict.answerable == pytest.approx(asked_alone.answerable, abs=0.1)
    signals = measure_signals(here.library, chatty, here.library.retrieve(chatty, k=3, collection=here.collection))
    assert verdict.answerable > answerable(signals)
