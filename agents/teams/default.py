"""The default team on AutoGen's graph flow: retriever → writer → critic, once back to the writer where it is worth it.

A new graph for each question (4 ms): one that was cancelled or has failed cannot be used again. The agents share a `Turn`,
and their words to each other are short notes; an error keeps its type in `Box`, for AutoGen makes it a string.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from autogen_agentchat.agents import BaseChatAgent
from autogen_agentchat.base import Response
from autogen_agentchat.messages import BaseChatMessage, TextMessage
from autogen_agentchat.teams import DiGraphBuilder, GraphFlow
from autogen_core import CancellationToken

from ...backends import Backend
from ...errors import UsageError
from ..events import AgentStarted, DraftDropped
from ..judging import answerable as critic
from ..judging.thresholds import answer_threshold
from ..roles.retriever import retrieve
from ..roles.writer import write
from ..turn import Turn, Workshop

TEAMS = ("default",)
_LONGEST_PATH = 6  # retriever, writer, critic, writer, critic, done
Work = Callable[[CancellationToken], Awaitable[str]]
Choose = Callable[[], Awaitable[Backend]]  # who writes; the same for the whole run


@dataclass(slots=True)
class Box:
    """The first error of a run, as it was raised."""

    error: BaseException | None = None


@dataclass(slots=True)
class _Desk:
    """The workshop of one try: with the backend that is asked, once it is chosen."""

    shop: Workshop
    choose: Choose


async def run(name: str, shop: Workshop, turn: Turn, stop: CancellationToken, choose: Choose) -> Workshop:
    """Send `turn` through the team called `name`; returns the workshop with the backend that `choose` gave the writer.

    Raises:
        UsageError: there is no such team.
        AylluError: whatever an agent met.
        asyncio.CancelledError: `stop` was cancelled.
    """
    if name not in TEAMS:
        raise UsageError(f"There is no team `{name}`.", hint=f"There is: {', '.join(TEAMS)}.")
    logging.getLogger("autogen_core").setLevel(logging.CRITICAL)
    box, desk = Box(), _Desk(shop, choose)
    try:
        await _graph(desk, turn, box).run(task=turn.question, cancellation_token=stop)
    except (RuntimeError, asyncio.CancelledError) as error:
        raise box.error or error from None
    if box.error is not None:
        raise box.error
    return desk.shop


def _graph(desk: _Desk, turn: Turn, box: Box) -> GraphFlow:
    retriever = _Agent("retriever", "finds passages", lambda _: _found(desk.shop, turn), box)
    writer = _Agent("writer", "writes from them", lambda stop: _written(desk, turn, stop), box)
    judge = _Agent("critic", "says whether it is supported", lambda _: _judge(desk.shop, turn), box)
    done = _Agent("done", "ends the turn", _finish, box)
    graph = DiGraphBuilder()
    for agent in (retriever, judge, done):
        graph.add_node(agent)
    graph.add_node(writer, activation="any")
    graph.add_edge(retriever, writer, activation_group="first")
    graph.add_edge(writer, judge)
    graph.add_edge(judge, writer, condition=lambda _: turn.verdict == "rewrite", activation_group="rewrite")
    graph.add_edge(judge, done, condition=lambda _: turn.verdict != "rewrite")
    graph.set_entry_point(retriever)
    return GraphFlow(participants=graph.get_participants(), graph=graph.build(), max_turns=_LONGEST_PATH)


async def _found(shop: Workshop, turn: Turn) -> str:
    return await retrieve(shop, turn) if turn.found is None else "already found"


async def _written(desk: _Desk, turn: Turn, stop: CancellationToken) -> str:
    """Only now is it settled who writes: a look at a server must not keep the evidence waiting."""
    desk.shop = replace(desk.shop, backend=await desk.choose())
    return await write(desk.shop, turn, stop)


async def _judge(shop: Workshop, turn: Turn) -> str:
    turn.emit(AgentStarted("critic", "checking against the documents"))
    found = turn.brought()
    if not found.sentences or turn.answerable < answer_threshold(shop.backend, shop.settings):
        turn.verdict = "abstain"
    elif shop.style == "span":
        turn.verdict = "draft" if turn.short else "quote"
    else:
        library, draft = shop.library, turn.draft
        turn.verdict = await asyncio.to_thread(critic.judge_prose, library, draft, found, rewritten=turn.rewritten)
        if turn.verdict == "quote":
            turn.quoted = found.sentences[:1]
            turn.emit(DraftDropped("the model's words are not supported; here is what the documents say"))
    return turn.verdict


async def _finish(stop: CancellationToken) -> str:
    return "done"


class _Agent(BaseChatAgent):
    """One step of the turn as an AutoGen agent."""

    def __init__(self, name: str, description: str, work: Work, box: Box) -> None:
        super().__init__(name, description)
        self._work = work
        self._box = box

    @property
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        return (TextMessage,)

    async def on_messages(self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken) -> Response:
        task = asyncio.ensure_future(self._work(cancellation_token))
        cancellation_token.link_future(task)
        try:
            note = await task
        except BaseException as error:
            self._box.error = self._box.error or error
            raise
        return Response(chat_message=TextMessage(content=note, source=self.name))

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        """Nothing is kept between questions."""
