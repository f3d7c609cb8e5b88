"""One question with all that led to its answer, typed and versioned.

What conversations keep, feedback embeds and training reads years later: nothing in it points at something that may be gone.
`to_json` writes the present form; `from_json` reads it, and whatever an earlier version wrote (`upgrade`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from ..errors import AylluError
from .json_numbers import finite
from .recalled import Recalled
from .signals import CriticRecord, JudgedSentence, RankedPassage
from .upgrade import upgrade
from .version import VERSION

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Kind = Literal["draft", "quote", "abstained", "imported"]  # imported: nobody answered, the question comes from a file
Style = Literal["span", "prose"]
_COPIED = ("message_id", "session_id", "backend", "model", "adapter")  # of the answer, for who reads the log by hand


class ExchangeUnreadable(AylluError):
    """A stored exchange is damaged, or was written by a later version."""

    kind = "exchange_unreadable"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another place where the same text stands."""

    source: str
    page: int | None = None
    page_label: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sentence shown as evidence. `n` is the mark of the passage it stands in; offsets count in the source's text."""

    n: int
    source: str
    page: int | None  # 1-based; None where there are no pages
    text: str
    start: int
    end: int
    page_label: str | None = None  # what is printed on the page, where it differs
    heading: str = ""  # the headings it stands under, from the outermost
    line: int | None = None  # 1-based, in a text file
    also_in: tuple[Elsewhere, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """One passage under its mark `[n]`."""

    n: int
    source: str
    page: int | None
    text: str
    score: float
    page_label: str | None = None  # these as in `Evidence`, of where the passage begins
    heading: str = ""
    line: int | None = None
    also_in: tuple[Elsewhere, ...] = ()


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A sentence of the model's that none of the passages supports; offsets count in the answer's text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A draft that was not shown as the answer, and why."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class SecondReading:
    """What another model read in the same passages. `n` is the mark of the passage that `quotation` stands in."""

    short: str
    quotation: str
    n: int
    model: str
    agreement: Literal["agrees", "differs", "unclear"]  # with the draft; unclear: other words, and nothing to tell by
    place: Literal["first", "after", "beneath", "unshown"]  # in the answer, by the draft; beneath: its quotation alone
    share: float  # how sure it was: of the weight of all phrases that it had to choose from, 0 to 1


@dataclass(frozen=True, slots=True)
class DocumentsRead:
    """What was read for an answer from whole documents; `ended` says why no more, where it was not all."""

    sources: tuple[str, ...]
    parts: int
    parts_read: int
    ended: Literal["complete", "stopped", "seconds", "tokens"] = "complete"


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds from the moment of asking, but for `search_s`; `first_token_s` is None where nothing was written."""

    search_s: float = 0.0
    evidence_s: float = 0.0
    first_token_s: float | None = None
    total_s: float = 0.0
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, as the contract's `ask` object. All text is safe for a terminal."""

    question: str
    answer: str  # all that is shown, with marks
    short: str  # its core, without quotation and marks
    kind: Kind
    evidence: tuple[Evidence, ...]
    citations: tuple[Citation, ...]  # the cited passages, by mark
    passages: tuple[Citation, ...]  # all shown, cited ones first
    requested_backend: str
    backend: str  # who answered
    model: str
    adapter: str | None
    message_id: str
    session_id: str
    unsupported: tuple[Unsupported, ...] = ()
    withdrawn: Withdrawn | None = None
    second_reading: SecondReading | None = None  # None: nobody else read, or has found nothing
    asks_back: tuple[str, ...] = ()  # among which the person is asked to choose; then it is no answer, and abstains
    documents_read: DocumentsRead | None = None  # None: passages were, as they were found
    answerable: float = 0.0  # how probable it is that the documents answer, as the critic sees it; not in the `ask` object
    memory: Recalled | None = None  # what a person said earlier and gave the answer
    recollections: tuple[Recalled, ...] = ()  # the same, shown beside the answer; models that write prose were told of it
    warnings: tuple[str, ...] = ()
    timings: Timings = field(default_factory=Timings)

    @property
    def abstained(self) -> bool:
        return self.kind == "abstained"

    @property
    def agreement(self) -> str:
        """That both readers read the same, in words; empty where that is not so. What differs stands in the answer."""
        return "two readers agree" if self.second_reading and self.second_reading.agreement == "agrees" else ""

    def cited_places(self) -> list[tuple[int, Evidence | Citation]]:
        """Each mark with where it leads: to the sentence that is quoted, else to where the passage begins."""
        quoted = {each.n: each for each in reversed(self.evidence) if each.text in self.answer}
        return [(citation.n, quoted.get(citation.n, citation)) for citation in self.citations]

    def annotated(self, note: str) -> str:
        """What is shown, with `note` after each sentence that no passage supports."""
        text, place = "", 0
        for sentence in self.unsupported:
            text += self.answer[place : sentence.start] + _noted(sentence.text, note)
            place = sentence.end
        return text + self.answer[place:]

    def to_json(self) -> dict[str, Any]:
        """The contract's `ask` object."""
        fields = {**asdict(self), "abstained": self.abstained}
        del fields["answerable"]
        return dict(finite(fields))


@dataclass(frozen=True, slots=True)
class ShownPassage:
    """One passage as the writer got it, under the mark that it had on screen. `text` is the document's, as it stands."""

    n: int
    chunk_id: str
    source: str
    page: int | None
    text: str
    collection: str = ""  # this and the next: empty where an earlier version did not write it down
    sha256: str = ""  # of the document as it was then


@dataclass(frozen=True, slots=True)
class ScoredCandidate:
    """One short answer that a span-writing model brought forth, as it was judged against the others."""

    text: str
    score: float
    share: float  # of all candidates' weight, 0 to 1
    logprob: float  # mean over the texts it was looked for in
    n: int  # mark of the passage that its sentence stands in
    start: int  # of its sentence, in the source's text
    end: int
    features: Mapping[str, float] = field(default_factory=dict)  # that the score was made of


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a chat, as it was sent."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class RawPrompt:
    """A raw prompt as it was sent, the text it asks about, and what the model wrote after it."""

    prompt: str
    completion: tuple[str, ...] = ()
    context: str = ""


SentPrompt = ChatMessage | RawPrompt


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the model was made to choose its words. None: not known (an imported question)."""

    temperature: float | None = None
    max_tokens: int | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """The file and line (from 1) that a question was imported from."""

    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One question, and its answer with all that led to it."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = {"extra": "forbid", "strict": True}

    question: str  # as it was typed
    answer: Answer
    created_at: str = ""  # ISO 8601, UTC; empty where it is not known (an imported question)
    person: str = ""  # who asked; empty where an earlier version did not write it down
    query: str  # as it was searched for: a follow-up with its subject
    style: Style
    team: str = ""
    collections: tuple[str, ...] = ()  # that were asked; none where an earlier version did not write it down
    prompts: tuple[SentPrompt, ...] = ()  # as sent to the model, in order
    thought: str = ""  # what the model thought aloud before it answered; safe for a terminal
    passages: tuple[ShownPassage, ...] = ()  # best first
    candidates: tuple[ScoredCandidate, ...] = ()  # best first
    ranked: tuple[RankedPassage, ...] = ()  # what the search placed first, shown or not; best first
    dense_share: float | None = None  # of meaning where both rankings were fused; None: not known, or not fused
    sentences: tuple[JudgedSentence, ...] = ()  # best first
    critic: CriticRecord | None = None  # None: it was not asked, or an earlier version wrote it
    propensity: float | None = None  # with which this answer was chosen; 1 where no chance took part, None: not known
    sampling: Sampling = field(default_factory=Sampling)
    versions: Mapping[str, str] = field(default_factory=dict)  # of what took part, by name: ayllu, the embedder
    origin: Origin | None = None  # None: it was asked here
    version: int = VERSION

    @property
    def message_id(self) -> str:
        return self.answer.message_id

    @property
    def session_id(self) -> str:
        return self.answer.session_id

    @property
    def backend(self) -> str:
        """Who answered."""
        return self.answer.backend

    @property
    def model(self) -> str:
        return self.answer.model

    @property
    def adapter(self) -> str | None:
        return self.answer.adapter

    def passage(self, mark: int) -> ShownPassage | None:
        """The passage that had the mark `[mark]` on screen."""
        return next((passage for passage in self.passages if passage.n == mark), None)

    def to_json(self) -> dict[str, Any]:
        answer = {**asdict(self.answer), "abstained": self.answer.abstained}
        fields = {**asdict(self), "answer": answer}
        fields["messages"] = fields.pop("prompts")
        return {name: getattr(self, name) for name in _COPIED} | dict(finite(fields))

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Exchange:
        """Read what `to_json` wrote, now or in an earlier version.

        Raises:
            ExchangeUnreadable: it is something else, or of a later version.
        """
        try:
            upgraded = upgrade(row)
            fields = {name: value for name, value in upgraded.items() if name not in {*_COPIED, "answer", "messages"}}
            fields["answer"] = {name: value for name, value in upgraded["answer"].items() if name != "abstained"}
            fields["prompts"] = upgraded["messages"]
            text = json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace")  # lone surrogates are no text
            exchange: Exchange = _adapter().validate_json(text)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            version = row.get("version", 1) if isinstance(row, Mapping) else None
            newer = isinstance(version, int) and version > VERSION
            raise ExchangeUnreadable(
                f"A stored answer cannot be read: {'a later ayllu wrote it' if newer else _first_line(error)}.",
                hint="Update ayllu." if newer else "Restore a backup; what was said of it goes by `ayllu feedback forget`.",
            ) from error
        return exchange


def _noted(sentence: str, note: str) -> str:
    """A table's row with the note in its last cell, a block of code with the note beneath, a sentence with it behind."""
    if sentence.startswith("|") and sentence.endswith("|"):
        return f"{sentence[:-1].rstrip()} {note} |"
    return f"{sentence}\n\n{note}" if sentence.endswith(("```", "~~~")) else f"{sentence} {note}"


@cache
def _adapter() -> TypeAdapter[Exchange]:
    from pydantic import TypeAdapter  # here and not above: the first frame must not wait for it

    return TypeAdapter(Exchange)


def _first_line(error: Exception) -> str:
    details = getattr(error, "errors", None)
    if callable(details) and (first := next(iter(details()), None)):
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    return f"{type(error).__name__}: {error}"
