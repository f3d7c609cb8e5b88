"""A team at work on AutoGen's graph flow.

A new graph for each attempt (4 ms): one that was cancelled or has failed cannot be used again. AutoGen makes strings of
exceptions, so the agents hand over the first one as it was raised.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Sequence

from autogen_agentchat.messages import BaseChatMessage
from autogen_agentchat.teams import DiGraphBuilder, GraphFlow
from autogen_core import CancellationToken

from ..messages import MESSAGE_TYPES, Recalling, TeamMessage, Verdict
from ..roles import ROLES, RoleContext
from .spec import Edge, TeamSpec


async def run_team(
    spec: TeamSpec, context: RoleContext, thread: Sequence[TeamMessage], stop: CancellationToken
) -> AsyncGenerator[TeamMessage, None]:
    """Let the team answer the question with which `thread` ends; yields what each agent says.

    What stands before it was said in an earlier attempt. (Were it the last, AutoGen would let follow whoever follows its
    speaker, and the first member as well.)

    Raises:
        AylluError: whatever an agent met.
        asyncio.CancelledError: `stop` was cancelled.
    """
    logging.getLogger("autogen_core").setLevel(logging.CRITICAL)
    errors: list[BaseException] = []
    flow = build_flow(spec, context, errors.append)
    try:
        async for message in flow.run_stream(task=list(thread), cancellation_token=stop, output_task_messages=False):
            if isinstance(message, TeamMessage):
                yield message
    except (RuntimeError, asyncio.CancelledError) as error:
        raise errors[0] if errors else error from None
    if errors:
        raise errors[0]


def build_flow(spec: TeamSpec, context: RoleContext, on_error: Callable[[BaseException], None]) -> GraphFlow:
    """The graph of one attempt. `on_error` gets what an agent raises, as it was raised."""
    graph = DiGraphBuilder()
    agents = {name: ROLES[name](name, context, on_error) for name in spec.members}
    for agent in agents.values():
        graph.add_node(agent, activation="any")
    for edge in spec.edges:
        # a group for each edge: one alone lets its target speak, and again each time round
        graph.add_edge(edge.source, edge.target, condition=_condition(edge), activation_group=f"{edge.source}-{edge.target}")
    graph.set_entry_point(spec.members[0])
    return GraphFlow(
        participants=graph.get_participants(),
        graph=graph.build(),
        max_turns=spec.longest,
        custom_message_types=list(MESSAGE_TYPES),
    )


def _condition(edge: Edge) -> Callable[[BaseChatMessage], bool] | None:
    if not edge.when:
        return None
    return lambda message: isinstance(message, Verdict | Recalling) and message.decision in edge.when
