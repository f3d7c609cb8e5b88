"""A simulated person: what somebody would say of answers whose right ones are known, for tests and benchmarks.

No person's judgement is in it. Thumbs follow F1 with the right answer (prose may contain it), some by mistake; of the wrong
answers some are corrected, mostly in free wording; what was asked comes again in other words; refusals are judged. All of
it is drawn by a seed and the question, so that what is said of an answer does not depend on which others were given before.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from .metrics import contains, f1, normalised, unmarked
from .sets import EvalQuestion

_RIGHT = 0.5  # F1
_RIGHT_LONG = 0.3  # where the right answers are sentences, which nobody writes alike
_SHORT = 10  # words of a right answer
_TURNED = 0.5  # of the questions that can be turned, asked again
_FREE = (
    "It is {gold}.",
    "it's {gold}, not {short}",
    "The text says {gold}",
    "no: {gold}",
    "I would have said {gold}.",
    "That is wrong, the answer is {gold}.",
)
_AGAIN = (
    "Please tell me {question}",
    "Do you know {question}",
    "I would like to know {question}",
    "Can you say {question}",
    "And {question}",
)
_TURNS = (  # of a question's beginning, the first that fits
    (r"(?:in|during) (?:what|which) year (did|was|were|is)\b", r"when \1"),
    (r"when (did|was|were)\b", r"in what year \1"),
    (r"how many\b", r"what number of"),
    (r"how much (?:does|do|did) (.*) cost\b", r"what is the price of \1"),
    (r"what is (the [^,]*?) (of|for|in|on|at) ([^,?]*)\?$", r"\2 \3, what is \1?"),
    (r"which\b", r"what"),
    (r"what (?=\w+s\b(?<!is)(?<!was)(?<!does)(?<!has))", r"which "),
)
_WORDS = {  # what may stand for the other in a question, so that other words are more than other beginnings
    "founded": "established",
    "built": "constructed",
    "begin": "start",
    "began": "started",
    "called": "named",
    "biggest": "largest",
    "largest": "biggest",
    "main": "principal",
    "located": "situated",
    "purpose": "aim",
    "required": "needed",
    "purchase": "buy",
    "permitted": "allowed",
    "allowed": "permitted",
    "created": "made",
}


class Answered(Protocol):
    """What a person looks at: an answer, as the session or a prediction has it."""

    @property
    def short(self) -> str: ...
    @property
    def answer(self) -> str: ...
    @property
    def abstained(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Habits:
    """Probabilities. `random`: thumbs by the toss of a coin, and no correction: a control that says nothing."""

    mistakes: float = 0.1  # of thumbs
    corrects: float = 0.3  # of wrong answers
    free: float = 0.8  # of corrections in words of their own, not as the right answer stands
    random: bool = False


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the person says of one answer."""

    rating: Literal["up", "down"]
    correction: str | None = None
    abstention: Literal["right", "wrong"] | None = None  # of a refusal


class SimulatedPerson:
    """One person. The same `seed` says the same of the same answers."""

    def __init__(
        self, seed: int = 0, habits: Habits | None = None, wordings: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        """`wordings`: what somebody wrote for a question, instead of what is made of it by rule."""
        self.habits = habits or Habits()
        self._seed = seed
        self._wordings = wordings or {}

    def is_right(self, question: EvalQuestion, answer: Answered) -> bool:
        """What is the case, whatever is said of it."""
        if answer.abstained or not question.answerable:
            return answer.abstained and not question.answerable
        wanted = _RIGHT if min(len(gold.split()) for gold in question.answers) <= _SHORT else _RIGHT_LONG
        if f1(answer.short, question.answers) >= wanted:
            return True
        prose = normalised(unmarked(answer.answer)) == normalised(answer.short)  # whose core is all of it
        return prose and bool(contains(answer.short, question.answers))

    def judge(self, question: EvalQuestion, answer: Answered) -> Opinion:
        chance = self._chance(question, f"{answer.abstained} {answer.short}")
        if self.habits.random:
            return Opinion(chance.choice(("up", "down")))
        right = self.is_right(question, answer)
        liked = right if chance.random() >= self.habits.mistakes else not right
        correction = None
        if not right and not liked and question.answerable and chance.random() < self.habits.corrects:
            correction = self._correction(question, answer, chance)
        abstention: Literal["right", "wrong"] | None = None
        if answer.abstained:
            abstention = "right" if liked else "wrong"
        return Opinion("up" if liked else "down", correction, abstention)

    def ask_again(self, question: EvalQuestion, time: int = 0) -> str:
        """The same in other words; others each `time`."""
        chance = self._chance(question, f"again {time}")
        if written := self._wordings.get(question.question):
            return chance.choice(written)
        words = re.sub(r"\w+", lambda match: _WORDS.get(match[0], match[0]), question.question.strip())
        if words[1:2].islower() and words.split()[0] != "I":  # no name or abbreviation that begins it, as far as is seen
            words = words[0].lower() + words[1:]
        turned = next((re.sub(f"^{old}", new, words) for old, new in _TURNS if re.match(old, words)), words)
        if turned != words and chance.random() < _TURNED:
            return turned[0].upper() + turned[1:]
        return chance.choice(_AGAIN).format(question=words)

    def _correction(self, question: EvalQuestion, answer: Answered, chance: random.Random) -> str:
        gold = min(question.answers, key=len)
        if chance.random() >= self.habits.free:
            return gold
        short = " ".join(answer.short.split()[:8]).rstrip(".") or "nothing"
        return chance.choice(_FREE).format(gold=gold, short="nothing" if answer.abstained else short)

    def _chance(self, question: EvalQuestion, what: str) -> random.Random:
        return random.Random(f"{self._seed} {question.id} {what}")
