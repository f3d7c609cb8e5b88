"""A simulated person's life with the application: questions asked, judged, and asked again, and what became better by that.

Measured after so many events of feedback: on questions that were never judged, and on those that were.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from .sets import EvalQuestion
from .simulated_person import Answered, Opinion, SimulatedPerson

_AGAIN = 0.3  # of what is asked has been asked before


class House(Protocol):
    """The application, as a person meets it."""

    async def ask(self, question: str) -> Answered: ...

    def tell(self, answer: Answered, opinion: Opinion) -> bool:
        """Say what the person thinks of an answer; whether any part of the application can use it."""
        ...


@dataclass(frozen=True, slots=True)
class Milestone:
    """What holds after so many events of feedback. Shares, None where there is nothing of the kind.

    Those of `new` questions, which were never judged: rated up and refused wrongly. Of questions judged: how many are right
    when they come again, in the same words and in others, and were at first. Of the accepted ones: how many are wrong now.
    """

    events: int
    rated_up: float | None  # of what was asked since the milestone before, new and again; by thumbs
    new_right: float | None
    new_refused_wrongly: float | None
    again_right: float | None
    reworded_right: float | None
    first_right: float | None
    accepted_lost: float | None
    used: float | None  # of all events until now

    def to_json(self) -> dict[str, Any]:
        return {name: round(value, 3) if isinstance(value, float) else value for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class _Judged:
    question: EvalQuestion
    right: bool
    opinion: Opinion


class Life:
    """One person's in one house. `new` are questions that are never judged; so many judged ones are `probed`."""

    def __init__(
        self,
        person: SimulatedPerson,
        house: House,
        questions: Sequence[EvalQuestion],
        new: Sequence[EvalQuestion],
        *,
        probed: int = 40,
        seed: int = 0,
    ) -> None:
        self._person = person
        self._house = house
        self._waiting = list(reversed(questions))
        self._new = new
        self._probed = probed
        self._chance = random.Random(seed)
        self._judged: dict[str, _Judged] = {}
        self._thumbs: list[bool] = []
        self._used: list[bool] = []

    @property
    def events(self) -> int:
        return len(self._used)

    async def live(self, events: int) -> Milestone:
        """Go on until there are so many events of feedback, or nothing is left to ask; then measure."""
        await self.go_on(events)
        milestone = await self._measure()
        self._thumbs.clear()
        return milestone

    async def go_on(self, events: int) -> None:
        """Without measuring."""
        while self.events < events and (self._waiting or self._judged):
            if not self._waiting and self._chance.random() >= _AGAIN:
                break
            await self._ask_next()

    async def _ask_next(self) -> None:
        if (self._judged and self._chance.random() < _AGAIN) or not self._waiting:
            question = self._chance.choice(list(self._judged.values())).question
            answer = await self._house.ask(self._person.ask_again(question, self.events))
        else:
            question = self._waiting.pop()
            answer = await self._house.ask(question.question)
        opinion = self._person.judge(question, answer)
        self._thumbs.append(opinion.rating == "up")
        self._used.append(self._house.tell(answer, opinion))
        self._judged.setdefault(question.id, _Judged(question, self._person.is_right(question, answer), opinion))

    async def _measure(self) -> Milestone:
        person, house = self._person, self._house
        new = [(question, await house.ask(question.question)) for question in self._new]
        judged = list(self._judged.values())
        probed = random.Random(len(judged)).sample(judged, min(self._probed, len(judged)))
        again = [person.is_right(each.question, await house.ask(each.question.question)) for each in probed]
        reworded = [person.is_right(each.question, await house.ask(person.ask_again(each.question, -1))) for each in probed]
        accepted = [right for each, right in zip(probed, again, strict=True) if each.right and each.opinion.rating == "up"]
        return Milestone(
            self.events,
            _share(self._thumbs),
            _share([person.is_right(question, answer) for question, answer in new]),
            _share([answer.abstained for question, answer in new if question.answerable]),
            _share(again),
            _share(reworded),
            _share([each.right for each in probed]),
            _share([not right for right in accepted]),
            _share(self._used),
        )


def _share(held: Sequence[bool]) -> float | None:
    return sum(held) / len(held) if held else None
