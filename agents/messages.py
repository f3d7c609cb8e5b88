"""What the agents of a team tell each other: frozen AutoGen messages, a type for each step of a question.

Question → Findings → Recalling (recalled) → Reply, or
Question → Findings → Recalling (unknown) → Verdict (write) → Draft → PhraseRead → Verdict (draft, quote, abstain) → Reply
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeVar

from autogen_agentchat.messages import BaseChatMessage
from autogen_core.models import UserMessage
from pydantic import ConfigDict, computed_field

from ..conversations import ChatMessage, CriticRecord, DocumentsRead, RawPrompt, Unsupported, Withdrawn
from ..retrieval import Passage, Retrieved, Sentence
from .judging import Decision
from .memory import Recollection
from .second import Agreement, Place, Reading
from .writing import Attributed, Method
from .writing.span import Ranked


class TeamMessage(BaseChatMessage):
    """A step of a question. Nobody changes it; what an agent has to add, it says in a message of its own."""

    model_config = ConfigDict(frozen=True)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def type(self) -> str:
        """The name by which AutoGen finds the class again when it loads a message."""
        return type(self).__name__

    def to_model_text(self) -> str:
        return self.to_text()

    def to_model_message(self) -> UserMessage:
        return UserMessage(content=self.to_model_text(), source=self.source)


class Question(TeamMessage):
    """What a person asks, and what it is about."""

    text: str  # as it was typed
    query: str  # as it is searched for: a follow-up with its subject
    collections: tuple[str, ...]
    history: tuple[tuple[str, str], ...] = ()  # the latest (question, short answer), oldest first

    def to_text(self) -> str:
        return self.text


class Findings(TeamMessage):
    """What the retriever found in the documents."""

    retrieved: Retrieved

    def to_text(self) -> str:
        return "\n\n".join(f"[{n}] {passage.text}" for n, passage in enumerate(self.retrieved.passages, start=1))


class Recalling(TeamMessage):
    """What the archivist remembers of questions like this one: the answer, or that it is to be written."""

    decision: Literal["recalled", "unknown"]
    recollection: Recollection = Recollection()

    def to_text(self) -> str:
        given = self.recollection.given
        return given.recalled.note if given is not None else "nothing that answers"


class Draft(TeamMessage):
    """What the writer wrote. In prose that is `text`, else a short answer (or none) and what is quoted for it."""

    method: Method
    text: str = ""  # prose, with the writer's own marks: they count the passages from 1
    thought: str = ""  # what the model thought aloud before
    short: str = ""
    quotations: tuple[Sentence, ...] = ()
    candidates: tuple[Ranked, ...] = ()  # best first (span)
    no_answer_logprob: float | None = None  # with which the model says that there is no answer; None: it was not asked
    prompts: tuple[ChatMessage | RawPrompt, ...] = ()  # as sent to the model
    first_token_s: float | None = None  # since the question was asked; None: nothing was written
    tokens: int = 0
    read: tuple[Passage, ...] = ()  # the passages of a prose draft's prompt, in the order that its marks count

    def to_text(self) -> str:
        return self.text or self.short or "\n".join(sentence.text for sentence in self.quotations)


class PhraseRead(TeamMessage):
    """What another model read in the same passages; None where it was not asked, or has found nothing."""

    reading: Reading | None = None

    def to_text(self) -> str:
        return self.reading.phrase if self.reading else ""


class Verdict(TeamMessage):
    """What the critic thinks of the findings, or of a draft."""

    decision: Decision
    method: Method  # how it is, or was, written: settled by the first verdict
    answerable: float  # probability that the documents answer, 0 to 1
    statements: tuple[Attributed, ...] = ()  # of a prose draft, with the passages that support each
    reason: str = ""  # why a draft gives way
    agreement: Agreement | None = None  # of the second reading with the draft; None: there was none
    place: Place = "unshown"  # of the second reading in the answer
    record: CriticRecord | None = None  # what it went by

    def to_text(self) -> str:
        return f"{self.decision} (the documents answer with a probability of {self.answerable:.2f})"


class Reply(TeamMessage):
    """What is shown as the answer, safe for a terminal."""

    text: str  # with marks, numbered by first use
    short: str  # its core, without quotation and marks
    kind: Literal["draft", "quote", "abstained"]
    cited: tuple[Passage, ...] = ()  # in the order of their marks
    unsupported: tuple[Unsupported, ...] = ()
    withdrawn: Withdrawn | None = None  # the draft whose place this takes
    asks_back: tuple[str, ...] = ()  # among which the person is to choose
    documents_read: DocumentsRead | None = None

    def to_text(self) -> str:
        return self.text


MESSAGE_TYPES = (Question, Findings, Recalling, Draft, PhraseRead, Verdict, Reply)
Message = TypeVar("Message", bound=TeamMessage)


def messages_of(thread: Sequence[BaseChatMessage], kind: type[Message]) -> list[Message]:
    """Those of `thread` that are of a type, oldest first."""
    return [message for message in thread if isinstance(message, kind)]


def latest(thread: Sequence[BaseChatMessage], kind: type[Message]) -> Message:
    """The last one of a type.

    Raises:
        LookupError: there is none; the team sends messages another way than its agents need.
    """
    messages = messages_of(thread, kind)
    if not messages:
        raise LookupError(f"No {kind.__name__} among {', '.join(type(message).__name__ for message in thread)}")
    return messages[-1]


def second_reading(thread: Sequence[BaseChatMessage]) -> Reading | None:
    """What the second reader read, where it did."""
    readings = messages_of(thread, PhraseRead)
    return readings[-1].reading if readings else None


def unsearched(text: str, reply: str, collections: tuple[str, ...]) -> tuple[TeamMessage, ...]:
    """The thread of a question that is answered by `reply`, without a look into the documents."""
    return (
        Question(source="user", text=text, query=text, collections=collections),
        Findings(source="retriever", retrieved=Retrieved(text, (), (), 0.0, 0.0)),
        Reply(source="editor", text=reply, short=reply, kind="draft"),
    )


def passages_read(thread: Sequence[BaseChatMessage]) -> Sequence[Passage]:
    """What the writer of the latest draft was shown, in its order; without a draft that says so, what was retrieved."""
    drafts = messages_of(thread, Draft)
    return (drafts[-1].read if drafts else ()) or latest(thread, Findings).retrieved.passages
