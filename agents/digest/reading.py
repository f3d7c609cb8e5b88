"""Documents read from end to end: each part noted down by the model, every note held against its part, all put together.

A summary is written from the notes by the model once more; a list is put together without it. What has been noted outlives
a backend that fails and a person who stops the reading: then it is shown as what it is, a part.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Sequence
from pathlib import PurePath

from autogen_core import CancellationToken
from autogen_core.models import LLMMessage

from ...backends import Backend
from ...conversations import ChatMessage
from ...retrieval import Passage
from ...text import count, place_label, safe
from ..asking import wished_language
from ..events import AgentStarted, DraftDropped, Progress, Token, Warned
from ..judging import attribute, is_refusal, profile_of
from ..messages import Draft, Question, TeamMessage, latest
from ..reading import TokenCounter
from ..roles import RoleContext
from ..teams import DEFAULT, run_team
from ..writing import Attributed, Prose, as_sent, strip_marks, tidy, writing_style
from .answering import abstaining, answer_messages, asking_back, unable
from .choosing import title_of
from .coverage import Ended
from .kinds import may_be
from .notes import Merged, Note, item_key, list_items, merge_notes, parted
from .parts import Part, cut_parts
from .planning import Plan
from .requests import Requests
from .screen import Silent, Streaming, write

_PART_TOKENS = 1_200  # of a document in a prompt: small models lose what stands in the middle of more
_NOTE_TOKENS = 256  # of a note on a part, of which more are to come: a small model would copy the part
_OF_CONTEXT = 0.5  # that a part takes at most
_SPARE = 64  # tokens that a chat template takes
_COPIED = re.compile(r"^[ \t]*(?:#{1,6}[ \t].*|```.*)\n?", re.MULTILINE)
_AGENT = "reader"


class Digest:
    """One question's reading. `run` may be called anew after a backend has failed: it goes on where that one ended."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._parts: list[Part] = []
        self._unread: Ended = "complete"  # why `_parts` are not all
        self._beyond: list[Part] = []  # those that are too many
        self._notes: list[Note] = []
        self._items: set[str] = set()  # keys of those listed that are supported
        self._doubtful: dict[str, str] = {}  # by their keys, those that are not
        self._wished = ""  # the language that the person's standing wishes name
        self._last_prompt: tuple[ChatMessage, ...] = ()
        self._tokens = 0
        self._first_token_s: float | None = None

    async def run(
        self, context: RoleContext, thread: Sequence[TeamMessage], stop: CancellationToken
    ) -> AsyncGenerator[TeamMessage, None]:
        """What is said after `thread`, which ends with the question; the last message is the reply.

        Raises:
            AylluError: the backend failed.
            asyncio.CancelledError: `stop` was cancelled, and nothing had been read.
        """
        question = latest(thread, Question)
        if self._plan.candidates:
            for message in asking_back(question, self._plan):
                yield message
            return
        backend = await context.choose_backend()
        if writing_style(backend) != "prose":
            if self._plan.extent.form == "list":  # the passages it finds are quoted, with the reason why no more
                async for message in run_team(DEFAULT, context, thread, stop):
                    yield message
                return
            for message in unable(question, self._plan, backend, await self._passages(context, 0)):
                yield message
            return
        await backend.start()  # settles the model, and with it the profile and the context
        wishes, leave = context.settings.instructions(question.collections), profile_of(backend).leave != "none"
        self._wished = wished_language(wishes)
        requests = Requests(context.load_prompt, question.text, self._plan, leave=leave, wishes=wishes)
        if not self._parts:
            await self._cut(context, backend, requests)
        if not self._parts:
            yield abstaining(question)[-1]
            return
        context.memory.keep(backend, requests.system)  # no passage of an earlier prompt will be in the server's cache
        ended = await self._read(context, backend, question, requests, stop)
        doubtful = [item for key, item in self._doubtful.items() if key not in self._items]
        merged = merge_notes(self._notes, doubtful, titles=len(self._plan.documents) > 1)
        written: Merged | None = None
        if self._plan.extent.form == "summary" and len(self._notes) > 1 and ended != "stopped":
            try:
                written = await self._join(context, backend, question, requests, stop)
            except asyncio.CancelledError:
                if not stop.is_cancelled():
                    raise
                ended = "stopped"
        final = written if written is not None and written.supported else merged
        if written is not None and final is merged:
            context.emit(DraftDropped("nothing in it stands in the notes on the parts; here they are"))
            context.emit(Token(merged.text))
        draft = Draft(
            source="writer",
            method="prose",
            text=final.text,
            prompts=self._last_prompt,
            first_token_s=self._first_token_s,
            tokens=self._tokens,
            read=final.passages,
        )
        settings = context.settings.agents
        for message in answer_messages(
            question,
            draft,
            final.statements,
            parts=[*self._parts, *self._beyond],
            read=len(self._notes),
            ended=ended if ended != "complete" else self._unread,
            settings=settings,
        ):
            yield message

    # --- parts ---

    async def _cut(self, context: RoleContext, backend: Backend, requests: Requests) -> None:
        settings, counter = context.settings.agents, TokenCounter(backend.raw)
        window = backend.client.remaining_tokens([])
        frame = await counter.count(requests.frame()) + _SPARE
        budget = max(min(_PART_TOKENS, int(_OF_CONTEXT * window), window - settings.max_tokens - frame), 1)
        context.emit(AgentStarted(_AGENT, f"opening {self._names()}"))
        tokens = 0
        for at, document in enumerate(self._plan.documents):
            for part in await cut_parts(await self._passages(context, at), title_of(document), budget, counter):
                tokens += part.tokens
                if tokens > settings.whole_tokens and self._parts:
                    self._unread = "tokens"
                    self._beyond.append(part)
                else:
                    self._parts.append(part)

    async def _passages(self, context: RoleContext, at: int) -> Sequence[Passage]:
        document = self._plan.documents[at]
        return await asyncio.to_thread(context.library.document_passages, document.source, document.collection)

    def _names(self) -> str:
        documents = self._plan.documents
        return title_of(documents[0]) if len(documents) == 1 else count(len(documents), "document")

    # --- map ---

    async def _read(
        self, context: RoleContext, backend: Backend, question: Question, requests: Requests, stop: CancellationToken
    ) -> Ended:
        """Note down part after part; says why it ended."""
        began, before = context.elapsed_s(), len(self._notes)
        while len(self._notes) < len(self._parts):
            passed_s, noted = context.elapsed_s() - began, len(self._notes) - before
            if self._notes and context.elapsed_s() >= context.settings.agents.whole_seconds:
                return "seconds"
            part = self._parts[len(self._notes)]
            context.emit(self._progress(part, passed_s / noted if noted else None))
            try:
                self._notes.append(await self._note(context, backend, question, requests, part, stop))
            except asyncio.CancelledError:
                if not stop.is_cancelled() or not self._notes:
                    raise
                return "stopped"
        return "complete"

    def _progress(self, part: Part, seconds: float | None) -> Progress:
        done, total = len(self._notes), len(self._parts)
        left = "" if seconds is None else f", {_duration(seconds * (total - done))} left"
        return Progress(done, total, f"reading {place_label(part.passages[0], 40)} (part {done + 1} of {total}{left})")

    async def _note(
        self,
        context: RoleContext,
        backend: Backend,
        question: Question,
        requests: Requests,
        part: Part,
        stop: CancellationToken,
    ) -> Note:
        listed, only = self._plan.extent.form == "list", len(self._parts) == 1
        messages = requests.of_part(part.title, part.text(), final=listed or only)
        listener = Streaming(context) if only and not listed else Silent()
        most = None if listed or only else _NOTE_TOKENS
        prose = await self._write(context, backend, messages, stop, listener, most)
        if most is not None and prose.thought and not prose.text:  # it thought so long that it came to no note
            prose = await self._write(context, backend, messages, stop, listener)
        text = _clean(prose.text, question.text, part.passages)
        if listed:
            text = await self._supported_items(context, question, text, part)
        elif is_refusal(text):
            text = ""
        return Note(part, text, tuple(await self._attribute(context, question, text, part.passages)))

    async def _supported_items(self, context: RoleContext, question: Question, written: str, part: Part) -> str:
        """Those that are new, of the kind asked for, and supported by the part, shown at once.

        What it does not support waits for a part that does.
        """
        names = {item_key(name) for name in (part.title, PurePath(part.source).name)}
        text = "\n".join(list_items(written, self._items | names))
        supported, doubtful = parted(text, await self._attribute(context, question, text, part.passages))
        supported = [item for item in supported if may_be(item, self._plan.topic)]
        self._items.update(map(item_key, supported))
        self._doubtful |= {item_key(item): item for item in doubtful}
        if supported:
            context.emit(Token("".join(f"{item}\n" for item in supported)))
        return "\n".join(supported)

    # --- reduce ---

    async def _join(
        self, context: RoleContext, backend: Backend, question: Question, requests: Requests, stop: CancellationToken
    ) -> Merged:
        """A summary of the notes. Where they are too many for a prompt, groups of them are summed up first."""
        counter = TokenCounter(backend.raw)
        window = backend.client.remaining_tokens([])
        room = max(window - context.settings.agents.max_tokens - await counter.count(requests.frame()) - _SPARE, 1)
        notes = [note.text for note in self._notes if note.text]
        context.emit(AgentStarted(_AGENT, f"putting {count(len(notes), 'note')} together"))
        while len(groups := await _grouped(notes, room, counter)) > 1 and len(groups) < len(notes):
            requested = [requests.of_notes(group, final=False) for group in groups]
            notes = [(await self._write(context, backend, messages, stop, Silent())).text for messages in requested]
        prose = await self._write(context, backend, requests.of_notes(groups[0], final=True), stop, Streaming(context))
        for notice in prose.notices:
            context.emit(Warned(notice))
        passages = tuple(dict.fromkeys(passage for note in self._notes for passage in note.passages))
        text = _clean(prose.text, question.text, passages)
        return Merged(text, tuple(await self._attribute(context, question, text, passages)), passages)

    # --- both ---

    async def _write(
        self,
        context: RoleContext,
        backend: Backend,
        messages: Sequence[LLMMessage],
        stop: CancellationToken,
        listener: Silent | Streaming,
        most: int | None = None,
    ) -> Prose:
        prose = await write(context, backend, messages, stop, listener, most)
        self._tokens += prose.tokens
        self._last_prompt = as_sent(messages)
        if self._first_token_s is None:
            self._first_token_s = context.elapsed_s()
        return prose

    async def _attribute(
        self, context: RoleContext, question: Question, text: str, passages: Sequence[Passage]
    ) -> list[Attributed]:
        if not text:
            return []
        return await asyncio.to_thread(attribute, context.library, question.text, text, passages, wished=self._wished)


async def _grouped(notes: Sequence[str], room: int, counter: TokenCounter) -> list[list[str]]:
    """Neighbouring notes together, as many as there is room for."""
    groups: list[list[str]] = []
    held: list[str] = []
    tokens = 0
    for note in notes:
        length = await counter.count(note) + 2
        if held and tokens + length > room:
            groups.append(held)
            held, tokens = [], 0
        held.append(note)
        tokens += length
    return [*groups, held]


def _clean(written: str, question: str, passages: Sequence[Passage]) -> str:
    """Without marks of the model's own, for it was shown none, and without headings and fences that it copied."""
    return strip_marks(_COPIED.sub("", tidy(safe(written), question, passages)))


def _duration(seconds: float) -> str:
    return f"about {seconds / 60:.0f} min" if seconds >= 90 else f"about {max(round(seconds, -1), 10):.0f} s"
