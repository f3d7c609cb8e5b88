"""What of the whole log is used, and for what; and what is used for nothing, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..feedback import PARTS
from .corrections import corrections_left_out
from .purposes import COMMENTED, unused_reason
from .usable import USES, Usable, event_usable_for

if TYPE_CHECKING:
    from ..feedback import FeedbackEvent
    from .application import Application


@dataclass(frozen=True, slots=True)
class Uses:
    """How much of what stands is used, by use; what is used for nothing, by what it is and why; and corrections that are
    remembered but cannot be learnt from, by why."""

    by_use: Mapping[str, int]
    unused: Mapping[tuple[str, str], int]
    not_learnt_from: Mapping[str, int]

    def to_json(self) -> dict[str, Any]:
        return {
            "usable": dict(self.by_use),
            "unused": [{"what": what, "number": number, "why": why} for (what, why), number in self.unused.items()],
            "not_learnt_from": dict(self.not_learnt_from),
        }

    def lines(self) -> list[str]:
        """In words, for a terminal."""
        lines = [f"used for {name} ({USES[name]}): {number}" for name, number in self.by_use.items()]
        lines += [f"not used: {number} of {what}. {why}" for (what, why), number in self.unused.items()]
        return lines + [f"not learnt from: {number}. {why}" for why, number in self.not_learnt_from.items()]


def count_uses(application: Application, events: Sequence[FeedbackEvent] | None = None) -> Uses:
    """Of all that stands, or of these events. What cannot be read is left out."""
    from ..conversations import ExchangeUnreadable

    by_use = dict.fromkeys(USES, 0)
    unused: Counter[tuple[str, str]] = Counter()
    not_learnt: Counter[str] = Counter()
    left_out = corrections_left_out(application)
    for event in application.feedback.standing() if events is None else events:
        if event.memory is not None:  # it takes away
            continue
        try:
            usable = event_usable_for(application, event)
        except ExchangeUnreadable:
            continue
        if (why := left_out.get(event.event_id)) is not None:  # another one says the same, say
            usable = {**usable, "training": why}
        for use, reason in usable.items():
            by_use[use] += reason is True
        if True not in usable.values():
            unused[_what(event), _why(event, usable)] += 1
        if event.comment is not None and True in usable.values():
            unused["comments", COMMENTED] += 1
        if event.correction is not None and usable["training"] is not True:
            not_learnt[str(usable["training"])] += 1
    return Uses(by_use, dict(unused.most_common()), dict(not_learnt.most_common()))


def _what(event: FeedbackEvent) -> str:
    if event.other_id is not None:
        return "choices"
    if event.abstention is not None:
        return "judgements of refusals"
    if event.rating is not None:
        return f"ratings {event.rating}"
    return "comments" if event.comment is not None else "the rest"


def _why(event: FeedbackEvent, usable: Mapping[str, Usable]) -> str:
    """The reason that speaks of what was said."""
    parts = [name for name in PARTS if getattr(event, name) is not None]
    if parts == ["comment"]:
        return COMMENTED
    shown = event.chosen or event.exchange
    return unused_reason(usable, parts, shown is not None and shown.answer.abstained)
