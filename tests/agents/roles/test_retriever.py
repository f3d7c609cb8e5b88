"""The retriever, alone."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from ayllu.agents import AgentStarted, EvidenceFound, Warned
from ayllu.agents.messages import Findings
from ayllu.backends import BackendFailed
from ayllu.backends.scripted import ScriptedBackend, ScriptedCompletion
from ayllu.config import RetrievalSettings, Settings

from ..conftest import Stage


async def test_a_question_becomes_findings_and_evidence_on_screen(stage: Callable[..., Stage]) -> None:
    here = stage()
    findings = await here.say("retriever", here.question("and on Sundays?", query="When is the library open on Sundays?"))
    assert isinstance(findings, Findings)
    assert findings.retrieved.query == "When is the library open on Sundays?"
    assert len(findings.retrieved.passages) == 3
    (shown,) = [event for event in here.events if isinstance(event, EvidenceFound)]
    assert "10:00 to 14:00" in shown.evidence[0].text


async def test_what_was_found_in_an_earlier_attempt_is_passed_on_and_not_shown_again(stage: Callable[..., Stage]) -> None:
    here = stage()
    findings = await here.say("retriever", here.question())
    here.events.clear()
    assert await here.say("retriever", here.question(), findings) is findings
    assert here.events == []


BY_MODEL = Settings(retrieval=RetrievalSettings(reranker="model", rerank_passages=4))


QUESTION = " When is the library open on Sundays?"


async def test_the_model_in_use_moves_the_passage_up_after_which_the_question_is_likely(stage: Callable[..., Stage]) -> None:
    plain = stage()
    before = (await plain.say("retriever", plain.question())).retrieved.passages
    third = " ".join(before[2].text.split())[:80]
    backend = ScriptedBackend(likings=lambda prompt: {QUESTION: -0.5} if third in prompt else {})
    here = replace(stage(backend), settings=BY_MODEL)
    after = (await here.say("retriever", here.question())).retrieved.passages
    read = [prompt for prompt in backend.raw.prompts if prompt.startswith("Passage: ")]
    assert len(read) == 4
    assert all(prompt.endswith("A question that this passage answers:") for prompt in read)
    assert backend.raw.prompts.count("A question:") == 1
    assert [passage.chunk_id for passage in before].index(after[1].chunk_id) == 2
    assert not [event for event in here.events if isinstance(event, Warned)]


@pytest.mark.parametrize(
    ("raw", "reason"), [(ScriptedCompletion(), "The server is gone."), (None, "cannot say how likely a question is")]
)
async def test_where_the_model_scores_nothing_the_order_stands_and_that_is_said(
    stage: Callable[..., Stage], raw: ScriptedCompletion | None, reason: str
) -> None:
    plain = stage()
    before = (await plain.say("retriever", plain.question())).retrieved.passages
    backend = ScriptedBackend()
    backend.raw = raw
    if raw is not None:
        raw.error = BackendFailed("The server is gone.", hint="Start it.")
    here = replace(stage(backend), settings=BY_MODEL)
    after = (await here.say("retriever", here.question())).retrieved.passages
    assert [passage.chunk_id for passage in after] == [passage.chunk_id for passage in before]
    (warned,) = [event for event in here.events if isinstance(event, Warned)]
    assert warned.message.startswith("Passages are not reranked.")
    assert reason in warned.message


async def test_a_follow_up_is_written_out_by_a_model_of_prose_and_both_wordings_are_searched(
    stage: Callable[..., Stage],
) -> None:
    backend = ScriptedBackend(replies=["Is the library open on Sundays?"])
    here = stage(backend)
    follow_up = here.question("And on Sundays?").model_copy(update={"history": (("Is the library open?", "On Saturdays."),)})
    findings = await here.say("retriever", follow_up)
    assert isinstance(findings, Findings)
    assert findings.retrieved.query == "Is the library open on Sundays?"
    assert any("Is the library open on Sundays?" in event.note for event in here.events if isinstance(event, AgentStarted))
    evidence = [event.retrieved.query for event in here.events if isinstance(event, EvidenceFound)]
    assert evidence == ["And on Sundays?", "Is the library open on Sundays?"]  # what was typed does not wait for the model
    ((messages, options),) = backend.client.calls
    assert options["max_tokens"] == 40
    assert "Is the library open?" in str(messages[-1].content)


async def test_a_question_that_stands_by_itself_costs_no_call_and_a_span_model_writes_nothing_out(
    stage: Callable[..., Stage],
) -> None:
    backend = ScriptedBackend()  # has no reply
    follow_up = stage().question("Who founded the library?").model_copy(update={"history": (("Is it open?", "Yes."),)})
    assert isinstance(await stage(backend).say("retriever", follow_up), Findings)
    leaning = follow_up.model_copy(update={"text": "And why?"})
    span = await stage(ScriptedBackend(style="span")).say("retriever", leaning)
    assert isinstance(span, Findings)
    assert span.retrieved.query == "Who founded the library?"


async def test_a_list_and_a_comparison_get_more_passages_and_each_side_is_searched_for(stage: Callable[..., Stage]) -> None:
    here = stage()
    plain = await here.say("retriever", here.question("Who teaches the grafting course?"))
    several = await here.say("retriever", here.question("List the courses"))
    assert len(several.retrieved.passages) > len(plain.retrieved.passages)
    comparing = await here.say("retriever", here.question("Compare the chainsaw and the seed collection"))
    sources = {passage.source for passage in comparing.retrieved.passages}
    assert {"sample/chainsaw.md", "sample/seeds.md"} <= sources
