"""The feedback log: append-only, one row an event, durable before it is acknowledged.

An event carries a copy of everything it speaks of. A person's later word on the same thing takes the place of their earlier
one (`standing`) and leaves it in the log; only `forget` takes content away, on request, and leaves a tombstone.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..conversations import Exchange, finite, new_id, now
from ..errors import NotFound, UsageError
from ..storage import Database, write_private
from .derived import DerivedTable
from .events import PARTS, FeedbackEvent
from .rows import COLUMNS, event_keys, keys_of, read_events, standing_corrections, standing_keys
from .schema import SCHEMA
from .standing import Judgement, judgements, let_stand
from .statements import StandingStatements
from .stats import Stats, count_standing

_SPOKEN_OF = "payload IS NOT NULL AND (id = ?1 OR message_id = ?1 OR other_id = ?1)"
_SPOKEN_OF_EARLIER = (  # of the copies that migrations left
    "payload IS NOT NULL AND (id = ?1 OR message_id = ?1"
    " OR kind = 'preference' AND json_valid(payload) AND json_extract(payload, '$.rejected.message_id') = ?1)"
)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many events were wiped, and in which files they can still be read while another program uses those."""

    events: int
    remains: Sequence[Path]


class FeedbackLog:
    """One log file; several processes may write to it at once, and threads may share it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        statements = StandingStatements(database)
        self.derived = DerivedTable(database, "memory", statements)
        self.refits = DerivedTable(database, "refits", statements)

    @classmethod
    def open(cls, path: Path) -> FeedbackLog:
        """Open or make the log.

        Raises:
            FeedbackNewer: a later version wrote it; it is left as it is.
            FeedbackDamaged: SQLite cannot read it.
            DatabaseUnavailable: there is no room, no right to write there, or another program holds it.
        """
        return cls(Database.open(path, SCHEMA))

    def close(self) -> None:
        self._database.close()

    def rate(
        self,
        exchange: Exchange,
        *,
        person: str,
        rating: str | int | None = None,
        correction: str | None = None,
        comment: str | None = None,
        citation_wrong: int | None = None,
        abstention: str | None = None,
        memory: str | None = None,
    ) -> str:
        """Keep what `person` said about the answer of `exchange`; returns the event's id, after it is on disk.

        `rating` is "up", "partly", "down" or 1 to 5; `citation_wrong` a mark of the answer; `abstention` "right" or "wrong";
        `memory` "off": nothing said of it until now is answered from any more.

        Raises:
            UsageError: nothing was said, or a value is not one of these.
        """
        values = (rating, correction, comment, citation_wrong, abstention, memory)
        parts: dict[str, str | int | None] = dict(zip(PARTS, values, strict=True))
        _check(parts, exchange)
        event = FeedbackEvent.of_rating(
            exchange, event_id=new_id("f"), created_at=now(), supersedes=None, person=person, **parts
        )
        self.append(event)
        return event.event_id

    def take_back(self, exchange: Exchange, *, person: str, names: Sequence[str] | None = None) -> str:
        """Keep that `person` takes back what they said of the answer of `exchange`: all of it, or these names.

        A name is a part of PARTS; of a wrong citation it is as `statement_name` gives it.

        Raises:
            NotFound: nothing of that stands.
        """
        standing = self.judgements([exchange.message_id], person).get(exchange.message_id, Judgement()).names
        taken = [name for name in standing if names is None or name in names]
        if not taken:
            raise NotFound(
                f"There is nothing of yours to take back on {exchange.message_id}.",
                hint=f"What stands there: {', '.join(standing)}."
                if standing
                else "`ayllu feedback list` shows what stands.",
            )
        event = FeedbackEvent.of_retraction(exchange, taken, event_id=new_id("f"), created_at=now(), person=person)
        self.append(event)
        return event.event_id

    def prefer(self, chosen: Exchange, rejected: Exchange, *, person: str) -> str:
        """Keep that one answer was better than another, as `person` says.

        Raises:
            UsageError: they are the same message.
        """
        if chosen.message_id == rejected.message_id:
            raise UsageError("A message cannot be preferred to itself.", hint="Give the ids of two answers.")
        event = FeedbackEvent.of_preference(chosen, rejected, event_id=new_id("f"), created_at=now(), person=person)
        self.append(event)
        return event.event_id

    def append(self, event: FeedbackEvent) -> bool:
        """Keep an event, of elsewhere too, under its own id; whether it was new. Its hour is now where it has none.

        What it says stands from now on; `supersedes` becomes the last event of which nothing does any more.
        """
        payload = json.dumps(finite(event.payload), allow_nan=False)
        row = (
            event.event_id,
            event.created_at or now(),
            event.kind,
            event.message_id,
            event.supersedes,
            payload,
            event.other_id,
        )
        with self._database.transaction() as sql:
            columns = f"{COLUMNS}, other_id"
            new = sql.execute(f"INSERT OR IGNORE INTO events ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", row).rowcount > 0
            if new and (superseded := let_stand(sql, event)) is not None:
                sql.execute("UPDATE events SET supersedes = ? WHERE id = ?", (superseded, event.event_id))
        return new

    def list(self, limit: int | None = None) -> list[FeedbackEvent]:
        """Events, oldest first; with `limit`, the latest. What cannot be read is left out, and the log says so."""
        keys = event_keys(self._database)
        return read_events(self._database, keys if limit is None else keys[-limit:])

    def standing(self) -> Sequence[FeedbackEvent]:
        """Events of which something stands, oldest first, each with nothing but that: what can be learnt from."""
        names = self.standing_names()
        events = read_events(self._database, standing_keys(self._database))
        return [event.limited_to(names[event.event_id]) for event in events if event.event_id in names]

    def standing_corrections(self) -> Sequence[str]:
        """The events whose correction stands, oldest first; `read` gives them."""
        return standing_corrections(self._database)

    def read(self, event_ids: Iterable[str]) -> Sequence[FeedbackEvent]:
        """These events, as they were kept. What cannot be read is left out."""
        return read_events(self._database, keys_of(self._database, event_ids))

    def standing_names(self) -> dict[str, set[str]]:
        """The names of the statements that stand, by event."""
        names: dict[str, set[str]] = {}
        for event_id, name in self._database.rows("SELECT event_id, name FROM standing"):
            names.setdefault(event_id, set()).add(name)
        return names

    def judgements(self, message_ids: Iterable[str], person: str) -> dict[str, Judgement]:
        """What `person` thinks of each of these answers now; those of which they said nothing are not in it."""
        return judgements(self._database, message_ids, person)

    def stats(self) -> Stats:
        return count_standing(self._database)

    def forget(self, event_or_message_id: str) -> Forgotten:
        """Wipe the content of an event, or of all events of a message. Tombstones stay.

        Raises:
            NotFound: neither an event nor a message of that id has content here.
        """
        named = (event_or_message_id,)
        if not (events := self._database.rows(f"SELECT count(*) FROM events WHERE {_SPOKEN_OF}", *named)[0][0]):
            raise NotFound(f"There is no feedback {event_or_message_id!r}.", hint="`ayllu feedback list` shows all.")

        def wipe(sql: sqlite3.Connection) -> None:
            spoken_of = f"event_id IN (SELECT id FROM events WHERE {_SPOKEN_OF})"
            sql.execute(f"DELETE FROM standing WHERE {spoken_of}", named)
            sql.execute(f"DELETE FROM derived WHERE {spoken_of}", named)
            sql.execute(f"UPDATE events SET payload = NULL WHERE {_SPOKEN_OF}", named)

        def wipe_earlier(sql: sqlite3.Connection) -> None:
            if sql.execute("SELECT 1 FROM sqlite_master WHERE name = 'standing'").fetchone():  # from version 2 on
                spoken_of = f"event_id IN (SELECT id FROM events WHERE {_SPOKEN_OF_EARLIER})"
                sql.execute(f"DELETE FROM standing WHERE {spoken_of}", named)
            sql.execute(f"UPDATE events SET payload = NULL WHERE {_SPOKEN_OF_EARLIER}", named)

        return Forgotten(events, self._database.erase(wipe, wipe_earlier))

    def export(self, folder: Path, format: str = "jsonl") -> dict[str, Any]:
        """Write every event with content to `folder/feedback.jsonl`, one JSON object a line; whole or not at all.

        Raises:
            UsageError: another format.
        """
        if format != "jsonl":
            raise UsageError(f"There is no export format `{format}`.", hint="There is: jsonl.")
        target, events = folder / "feedback.jsonl", [event for event in self.list() if not event.forgotten]
        write_private(target, "".join(f"{json.dumps(event.to_json(), allow_nan=False)}\n" for event in events))
        return {"events": len(events), "path": str(target), "format": format}

    def unreadable(self) -> int:
        """How many events cannot be read; the log goes on without them."""
        keys = event_keys(self._database)
        return len(keys) - len(read_events(self._database, keys))


def _check(parts: Mapping[str, str | int | None], exchange: Exchange) -> None:
    if all(value is None for value in parts.values()):
        raise UsageError("Nothing was said about the answer.", hint="Give a rating, a correction or a comment.")
    if parts["rating"] not in {None, "up", "partly", "down", 1, 2, 3, 4, 5}:
        raise UsageError(f"{parts['rating']!r} is no rating.", hint="Give up, partly, down, or a number from 1 to 5.")
    if parts["abstention"] not in {None, "right", "wrong"}:
        raise UsageError(f"{parts['abstention']!r} says nothing about an abstention.", hint="Give right or wrong.")
    if parts["correction"] is not None and not str(parts["correction"]).strip():
        raise UsageError("The correction is empty.", hint="Write what the answer should have been.")
    marks = [citation.n for citation in exchange.answer.citations]
    if parts["citation_wrong"] is not None and parts["citation_wrong"] not in marks:
        listed = ", ".join(str(mark) for mark in marks) or "none"
        raise UsageError(f"The answer has no mark [{parts['citation_wrong']}].", hint=f"Its marks: {listed}.")
