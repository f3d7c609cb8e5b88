"""The plain team: the passages, one prompt, and the model's words as they come."""

from collections.abc import Callable
from pathlib import Path

import pytest
from autogen_core import CancellationToken
from ayllu.agents import ChatSession
from ayllu.agents.messages import Findings, Reply
from ayllu.agents.prompts import load_prompt
from ayllu.agents.teams import find_team, run_team
from ayllu.backends.scripted import ScriptedBackend
from ayllu.config import Settings
from ayllu.conversations import Conversations
from ayllu.retrieval import Library, load_sample

from ..conftest import OPENING, Stage

DRAFT = "It opens at ten. [7] I could not find more in the documents."


@pytest.mark.parametrize("style", ["prose", "span"])
async def test_the_draft_is_the_answer_and_the_passages_given_are_its_citations(
    stage: Callable[..., Stage], style: str
) -> None:
    here = stage(ScriptedBackend(replies=[f" {DRAFT}\n"], style=style), threshold=1.0)  # the critic would refuse all
    messages = [each async for each in run_team(find_team("plain"), here.context, [here.question()], CancellationToken())]
    findings, reply = messages[0], messages[-1]
    assert isinstance(findings, Findings)
    assert isinstance(reply, Reply)
    assert (reply.text, reply.short, reply.kind) == (DRAFT, DRAFT, "draft")
    assert list(reply.cited) == list(findings.retrieved.passages)


async def test_the_prompt_holds_the_passages_and_neither_marks_nor_leave_to_refuse(stage: Callable[..., Stage]) -> None:
    backend = ScriptedBackend(replies=[DRAFT])
    here = stage(backend)
    messages = [each async for each in run_team(find_team("plain"), here.context, [here.question()], CancellationToken())]
    ((sent, _),) = backend.client.calls
    system, request = (str(message.content) for message in sent)
    assert system == load_prompt("plain", None)
    assert request.endswith(f"Question: {OPENING}")
    assert isinstance(messages[0], Findings)
    assert all(passage.text in request for passage in messages[0].retrieved.passages)
    assert not any(word in system + request for word in ("[1]", "NOT IN THE DOCUMENTS"))


async def test_what_was_said_before_stands_in_the_prompt(
    library: Library, conversations: Conversations, tmp_path: Path
) -> None:
    backend = ScriptedBackend(replies=["At ten.", "?", "At two."])
    collection = load_sample(library)
    session = ChatSession(library, backend, conversations, Settings(), collections=(collection,), team="plain")
    await session.ask_once(OPENING)
    await session.ask_once("And when does it close?")
    sent, _ = backend.client.calls[-1]
    assert [str(message.content) for message in sent[1:3]] == [OPENING, "At ten."]


async def test_an_exchange_of_the_plain_team_is_kept_with_its_prompt(library: Library, conversations: Conversations) -> None:
    collection = load_sample(library)
    backend = ScriptedBackend(replies=[""])
    session = ChatSession(library, backend, conversations, Settings(), collections=(collection,), team="plain")
    answer = await session.ask_once(OPENING)
    exchange = conversations.get(answer.message_id)
    assert (answer.answer, answer.kind, exchange.team) == ("", "draft", "plain")
    assert len(exchange.prompts) == 2
