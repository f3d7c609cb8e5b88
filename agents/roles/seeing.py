"""What a model that writes prose sees of the findings: as much as it reads in time, and what it has read already first."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from ...backends import Backend, Reading, ReadsAhead
from ...retrieval import Passage, Retrieved
from ..messages import Question
from ..reading import Arranged, PromptMemory, TokenCounter, Wanted, arrange, budget_for
from ..writing import EARLIER, opening_messages
from .context import RoleContext

_FURTHER = 5  # passages that are looked for beyond those retrieved
# Of the last retrieved passage's score, from which on a further one is as good. At 0.8 the share of gold answers that stand
# in what is read rises from 1.00, 0.98, 0.71, 0.51 (XQuAD, ClapNQ, MTRAG, PolicyQA; 60 questions each, three passages) to
# 1.00, 0.98, 0.76, 0.59, by 1.4 to 2.7 passages; at 0.5 to 1.00, 0.99, 0.80, 0.65, by 3.3 to 4.9.
_NOT_FALLEN = 0.8
_AROUND = 8  # tokens that a chat template puts around a message


async def read_opening(backend: Backend, memory: PromptMemory, system: str) -> None:
    """Have the beginning of every prompt read, where the server can be asked to, and see how fast that goes.

    Raises:
        AylluError: the backend failed.
    """
    client = backend.client
    if not isinstance(client, ReadsAhead):
        return
    reading: Reading | None = await client.read_ahead(opening_messages(system))
    memory.keep(backend, system)
    if reading is not None:
        memory.measured_reading(backend, reading.tokens, reading.seconds)


async def choose_what_is_read(
    context: RoleContext, backend: Backend, system: str, question: Question, retrieved: Retrieved, *, most: int | None = None
) -> Arranged:
    """The passages of the prompt, `most` of them unless so many were asked for. `backend` has been started.

    Raises:
        AylluError: the backend failed.
    """
    memory, settings = context.memory, context.settings.agents
    if not context.exactly and memory.speed(backend) is None:
        await read_opening(backend, memory, system)
    counter = TokenCounter(backend.raw)
    history = question.history[-EARLIER:]
    beginning = await counter.count(system) + _AROUND
    end = sum([await counter.count(text) + _AROUND for turn in (*history, (question.text,)) for text in turn])
    budget = budget_for(
        context=backend.client.remaining_tokens([]),
        answer=settings.max_tokens,
        frame=beginning + end,
        unread=end + (0 if memory.is_warm(backend, system) else beginning),
        speed=None if context.exactly else memory.speed(backend),
        seconds=settings.first_token_s,
        passed_s=retrieved.evidence_s,
    )

    scores = {sentence.text: sentence.score for sentence in reversed(retrieved.sentences)}
    most = None if context.exactly else most
    further = [] if budget.reading is None or most else await asyncio.to_thread(_further, context, question, retrieved)
    wanted = Wanted(retrieved.passages[:most], scores, further)
    arranged = await arrange(wanted, memory.blocks(backend, system), budget, counter)
    memory.keep(backend, system, arranged.blocks)
    return arranged


def _further(context: RoleContext, question: Question, retrieved: Retrieved) -> Sequence[Passage]:
    """What was not retrieved, and is as good as the last that was."""
    least = _NOT_FALLEN * min((passage.score for passage in retrieved.passages), default=0.0)
    passages = context.library.further(
        retrieved,
        _FURTHER,
        mode=context.settings.retrieval.mode,
        collection=question.collections,
        filters=context.filters,
    )
    return [passage for passage in passages if passage.score >= least]
