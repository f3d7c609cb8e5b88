"""One thing a person said about an answer, with the answer and all that led to it.

The payload is JSON as the log keeps it; whoever reads an event takes what was said, and the exchanges, from its attributes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from ..conversations import Exchange, ExchangeUnreadable
from ..errors import AylluError

RATING, PREFERENCE = "rating", "preference"
PARTS = ("rating", "correction", "comment", "citation_wrong", "abstention", "memory")  # what can be said of one answer
_RATINGS = ("up", "partly", "down", 1, 2, 3, 4, 5)
_TAKEN_BACK = "taken_back"  # names of statements, as `Statement.name` has them
_EXCHANGES = {RATING: ("message",), PREFERENCE: ("chosen", "rejected")}


class EventUnreadable(AylluError):
    """It is no event of ours, or not all of one."""

    kind = "event_unreadable"

    def __init__(self, reason: str) -> None:
        self.reason = f"it is no event of ours ({reason})"
        super().__init__(f"I{self.reason[1:]}.", hint="Give a file that `ayllu feedback export` wrote.")


@dataclass(frozen=True, slots=True)
class Statement:
    """One value that a person gave to one thing; the next one of theirs of the same `name` takes its place."""

    message_id: str
    name: str  # a part of PARTS; each wrong citation has a name of its own, and so has each pair of answers compared
    value: str | int | None  # None: an earlier value is taken back


@dataclass(frozen=True, slots=True)
class FeedbackEvent:
    """One event. `payload` holds all that is needed to learn from it; `None`: forgotten."""

    event_id: str
    created_at: str  # ISO 8601, UTC
    kind: str  # "rating": said of one answer, its parts in PARTS; "preference": one answer was better than another
    message_id: str  # of the answer, or of the better one
    supersedes: str | None
    payload: Mapping[str, Any] | None

    @classmethod
    def of_rating(
        cls,
        exchange: Exchange,
        *,
        event_id: str,
        created_at: str = "",
        supersedes: str | None = None,
        person: str = "",
        **parts: str | int | None,
    ) -> FeedbackEvent:
        """What `person` said of the answer of `exchange`; of the `parts`, which are of PARTS, those that are not None."""
        judged = {name: parts[name] for name in PARTS if parts.get(name) is not None}
        payload = {**judged, **_by(person), "message": exchange.to_json()}
        return cls(event_id, created_at, RATING, exchange.message_id, supersedes, payload)

    @classmethod
    def of_retraction(
        cls,
        exchange: Exchange,
        names: Sequence[str],
        *,
        event_id: str,
        created_at: str,
        supersedes: str | None = None,
        person: str = "",
    ) -> FeedbackEvent:
        """That `person` takes back what they had said under these names."""
        payload = {_TAKEN_BACK: list(names), **_by(person), "message": exchange.to_json()}
        return cls(event_id, created_at, RATING, exchange.message_id, supersedes, payload)

    @classmethod
    def of_preference(
        cls, chosen: Exchange, rejected: Exchange, *, event_id: str, created_at: str = "", person: str = ""
    ) -> FeedbackEvent:
        payload = {**_by(person), "chosen": chosen.to_json(), "rejected": rejected.to_json()}
        return cls(event_id, created_at, PREFERENCE, chosen.message_id, None, payload)

    @property
    def forgotten(self) -> bool:
        return self.payload is None

    @property
    def person(self) -> str:
        """Who said it; empty where that is not known: 0.1.0 did not write it down, and nobody said what was imported."""
        return str(self._value("person") or "")

    @property
    def rating(self) -> str | int | None:
        """Up, partly or down in words, or 1 to 5."""
        rating: str | int | None = self._value("rating")
        return rating

    @property
    def correction(self) -> str | None:
        """What the answer should have been, with marks as they were on screen."""
        correction: str | None = self._value("correction")
        return correction

    @property
    def comment(self) -> str | None:
        comment: str | None = self._value("comment")
        return comment

    @property
    def citation_wrong(self) -> int | None:
        """The mark that does not say what it stands behind."""
        mark: int | None = self._value("citation_wrong")
        return mark

    @property
    def abstention(self) -> str | None:
        """Whether it was "right" or "wrong" not to answer."""
        abstention: str | None = self._value("abstention")
        return abstention

    @property
    def memory(self) -> str | None:
        """ "off": what was said of this answer until then is not to be answered from."""
        memory: str | None = self._value("memory")
        return memory

    @property
    def taken_back(self) -> Sequence[str]:
        """The names of the statements that it takes back."""
        names = self._value(_TAKEN_BACK)
        return [str(name) for name in names] if isinstance(names, list | tuple) else []

    @property
    def other_id(self) -> str | None:
        """The answer that a preference rejects."""
        rejected = self._value("rejected")
        identifier = rejected.get("message_id") if isinstance(rejected, Mapping) else None
        return str(identifier) if identifier is not None else None

    def statements(self) -> list[Statement]:
        """What it says, value by value. Every wrong citation stands for itself, and a pair compared has one winner."""
        if self.kind == PREFERENCE:
            first, second = sorted((self.message_id, self.other_id or ""))
            return [Statement(first, f"{PREFERENCE}:{second}", self.message_id)]
        retractions = [Statement(self.message_id, name, None) for name in self.taken_back]
        values = {name: self._value(name) for name in PARTS}
        return retractions + [
            Statement(self.message_id, statement_name(name, value), value)
            for name, value in values.items()
            if isinstance(value, str | int)
        ]

    def limited_to(self, names: Collection[str]) -> FeedbackEvent:
        """With no other statements than those of these names."""
        gone = {
            name for name in PARTS if (value := self._value(name)) is not None and statement_name(name, value) not in names
        }
        payload = {name: value for name, value in (self.payload or {}).items() if name not in {*gone, _TAKEN_BACK}}
        return replace(self, payload=payload)

    @property
    def exchange(self) -> Exchange | None:
        """What a rating speaks of.

        Raises:
            ExchangeUnreadable: it is damaged, or of a later version.
        """
        return self._exchange("message")

    @property
    def chosen(self) -> Exchange | None:
        """The better one of a preference; raises as `exchange` does."""
        return self._exchange("chosen")

    @property
    def rejected(self) -> Exchange | None:
        """The other one of a preference; raises as `exchange` does."""
        return self._exchange("rejected")

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> FeedbackEvent:
        """Read what `to_json` wrote, now or in an earlier version; it must not be forgotten.

        Raises:
            EventUnreadable: it is something else, or a part is missing or of the wrong kind.
        """
        try:
            event = cls(**row)
        except TypeError as error:
            raise EventUnreadable(str(error)) from error
        texts = (event.event_id, event.created_at, event.kind, event.message_id)
        if not all(isinstance(text, str) and text for text in texts) or event.kind not in _EXCHANGES:
            raise EventUnreadable("it has no id, time or known kind")
        if not isinstance(event.supersedes, str | None) or not isinstance(event.payload, Mapping):
            raise EventUnreadable("it has no content")
        if wrong := wrong_values(event.payload):
            raise EventUnreadable(f"{wrong[0]} is none that can be given")
        try:
            _ = [Exchange.from_json(event.payload[key]) for key in _EXCHANGES[event.kind]]
        except (KeyError, ExchangeUnreadable) as error:
            raise EventUnreadable("the answer that it speaks of is not all there") from error
        return event

    def _value(self, name: str) -> Any:
        return self.payload.get(name) if self.payload is not None else None

    def _exchange(self, name: str) -> Exchange | None:
        row = self._value(name)
        return Exchange.from_json(row) if row is not None else None


def wrong_values(parts: Mapping[str, Any]) -> list[str]:
    """The names of the parts that nobody can give such a value."""
    fits: dict[str, Callable[[Any], bool]] = {
        "rating": lambda value: value in _RATINGS and not isinstance(value, bool | float),
        "correction": lambda value: isinstance(value, str) and bool(value.strip()),
        "comment": lambda value: isinstance(value, str),
        "citation_wrong": lambda value: isinstance(value, int) and not isinstance(value, bool),
        "abstention": lambda value: value in ("right", "wrong"),
        "memory": lambda value: value == "off",
    }
    return [name for name, fit in fits.items() if parts.get(name) is not None and not fit(parts[name])]


def statement_name(part: str, value: object) -> str:
    """The name under which a value of a part of PARTS stands."""
    return f"{part}:{value}" if part == "citation_wrong" else part


def adapters_mentioned(events: Sequence[FeedbackEvent]) -> set[str]:
    """The adapters whose answers `events` speak of: of the superseded and of unreadable answers too, for they are kept."""
    rows = (row for event in events for row in _exchange_rows(event))
    return {str(row["adapter"]) for row in rows if row.get("adapter")}


def _exchange_rows(event: FeedbackEvent) -> Iterator[Mapping[str, Any]]:
    for name in _EXCHANGES.get(event.kind, ()):
        row = event.payload.get(name) if event.payload is not None else None
        if isinstance(row, Mapping):
            yield row


def _by(person: str) -> dict[str, str]:
    return {"person": person} if person else {}
