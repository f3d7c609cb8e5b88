"""A team is its members and who speaks to whom."""

import asyncio
from collections.abc import Callable

import pytest
from autogen_core import CancellationToken
from ayllu.agents.messages import Draft, Findings, PhraseRead, Recalling, Reply, Verdict
from ayllu.agents.roles import ROLES
from ayllu.agents.teams import TEAMS, Edge, TeamSpec, find_team, run_team
from ayllu.backends import BackendUnreachable
from ayllu.backends.scripted import Reply as ScriptedReply
from ayllu.backends.scripted import ScriptedBackend
from ayllu.errors import UsageError

from ..conftest import Stage

SUPPORTED = "On Sundays the library is open from 10:00 to 14:00 [1]."


async def speakers(here: Stage) -> list[str]:
    messages = run_team(find_team("default"), here.context, [here.question()], CancellationToken())
    return [message.source async for message in messages]


@pytest.mark.parametrize("spec", TEAMS.values(), ids=lambda spec: spec.name)
def test_every_member_is_a_role_that_is_reached(spec: TeamSpec) -> None:
    assert set(spec.members) <= set(ROLES)
    assert {edge.target for edge in spec.edges} | {spec.members[0]} == set(spec.members)


async def test_a_good_draft_goes_straight_to_the_editor(stage: Callable[..., Stage]) -> None:
    here = stage(ScriptedBackend(replies=[SUPPORTED]))
    assert await speakers(here) == ["retriever", "archivist", "critic", "writer", "second_reader", "critic", "editor"]


async def test_a_draft_without_support_is_judged_once_and_not_written_again(stage: Callable[..., Stage]) -> None:
    here = stage(ScriptedBackend(replies=["Bananas [1].", SUPPORTED]))
    assert await speakers(here) == ["retriever", "archivist", "critic", "writer", "second_reader", "critic", "editor"]


async def test_what_is_not_answered_is_not_written(stage: Callable[..., Stage]) -> None:
    assert await speakers(stage(threshold=1.0)) == ["retriever", "archivist", "critic", "editor"]


async def test_each_says_a_message_of_its_own_type(stage: Callable[..., Stage]) -> None:
    here = stage(ScriptedBackend(style="span"))
    messages = run_team(find_team("default"), here.context, [here.question()], CancellationToken())
    assert [type(message) async for message in messages] == [Findings, Recalling, Verdict, Draft, PhraseRead, Verdict, Reply]


async def test_an_error_comes_out_as_it_was_raised_after_what_was_said_before(stage: Callable[..., Stage]) -> None:
    error = BackendUnreachable("It is gone.", hint="Start it.")
    here = stage(ScriptedBackend(replies=[ScriptedReply("one two", error=error, pieces_before_error=1), SUPPORTED]))
    messages = run_team(find_team("default"), here.context, [here.question()], CancellationToken())
    assert [type(await anext(messages)) for _ in range(3)] == [Findings, Recalling, Verdict]
    with pytest.raises(BackendUnreachable) as caught:
        await anext(messages)
    assert caught.value is error


async def test_a_stopped_team_ends(stage: Callable[..., Stage]) -> None:
    stop = CancellationToken()
    here = stage(ScriptedBackend(replies=[ScriptedReply("never seen", pause_s=60)]))
    asyncio.get_running_loop().call_later(0.2, stop.cancel)
    messages = run_team(find_team("default"), here.context, [here.question()], stop)
    async with asyncio.timeout(10):
        with pytest.raises(asyncio.CancelledError):
            [message async for message in messages]


def test_an_edge_to_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="no member `editor`"):
        TeamSpec("short", ("retriever",), (Edge("retriever", "editor"),), 2)


def test_a_team_that_is_not_there_is_refused() -> None:
    with pytest.raises(UsageError, match="no team `dream`"):
        find_team("dream")
