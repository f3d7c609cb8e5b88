"""Training data: made of the log's corrections, with the very prompt that the tuned writer sends.

The form is TRL's prompt-completion form (raw text for the span style, messages for prose). What cannot be learnt from is
counted, not swallowed, and what stands in an evaluation set is taken out.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ...agents import NOTHING, asking_prompt_of, tuned_prompt_of
from ...feedback import FeedbackEvent, standing_events
from ..errors import TooLittle
from .windows import window

_WORD = re.compile(r"\w+")
_MARK = re.compile(r"[ \t]*\[\d{1,4}\]")
_NEAR = 0.9  # share of their words' trigrams that two questions have in common, to count as one
_ASKS = "\nQuestion:"
_WINDOW = 450  # characters
LEAST = 8  # corrections, below which nothing is trained
CROSS_FIT = 200  # corrections, below which each is held out once
_FOLDS = 4
_HELD_OUT = 0.2
_ASKED = 120  # corrections that are held out, about, where each fifth is smaller: the gain of 73 had an interval of ±0.1
_TELLING = 20  # corrections
_DECLINED = 100  # corrections, below which "none" is not learnt: `tune` takes a model's word from 200 on, its folds' too
_ONE_ANSWER = 0.5  # share of the corrections that may say one and the same thing


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction of the log that can be learnt from. `group` is what must not be split: its conversation."""

    event_id: str
    group: str
    question: str
    answer: str  # without marks
    style: str  # "span" or "prose"
    contexts: Sequence[str]  # the texts shown to the writer (span)
    passages: Sequence[Mapping[str, Any]]
    messages: Sequence[Mapping[str, Any]]
    cited: str = ""  # the text of the passage that its first mark names


@dataclass(frozen=True, slots=True)
class Example:
    """One prompt (raw text, or messages) and the answer wanted for it."""

    prompt: str | Sequence[Mapping[str, str]]
    completion: str
    group: str
    event_id: str


@dataclass(frozen=True, slots=True)
class Card:
    """What a dataset is made of."""

    corrections: int
    examples: int
    sha256: str
    left_out: Mapping[str, int]  # by reason
    sources: Mapping[str, int]  # corrections by where they come from: the chat, or an imported file
    cut: int = 0  # examples longer than is trained on, cut at the front

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def collect_corrections(
    events: Sequence[FeedbackEvent], style: str, avoid: Collection[str] = ()
) -> tuple[list[Correction], dict[str, int]]:
    """What of the log can be learnt from in a writing style, and how many were left out, by reason.

    `avoid` are questions of evaluation sets: those, and what is nearly the same, are taken out. Of near duplicates the
    latest word stands.
    """
    out: Counter[str] = Counter()
    kept: dict[frozenset[str], Correction] = {}
    avoided = [_grams(question) for question in avoid]
    index: dict[str, set[int]] = {}
    for at, grams in enumerate(avoided):
        for gram in grams:
            index.setdefault(gram, set()).add(at)
    for event in standing_events(events):
        payload = event.payload
        if event.kind != "rating" or payload is None:
            continue
        if not payload.get("correction"):
            out["without a correction"] += 1  # a rating says how good an answer was, not what it should have been
            continue
        message = payload["message"]
        one = _correction(event.event_id, message, str(payload["correction"]))
        if one.style != style:
            out[f"written for another style ({one.style})"] += 1
        elif style == "span" and not one.passages:
            out["without passages"] += 1
        elif style == "span" and not any(one.answer in _flat(text) for text in _texts(one)):
            out["not copied from the passages shown"] += 1
        else:
            grams = _grams(one.question)
            near = Counter(at for gram in grams for at in index.get(gram, ()))
            if any(_alike(grams, avoided[at]) for at, _ in near.most_common(5)):
                out["also in an evaluation set"] += 1
                continue
            key = frozenset({*grams, _flat(one.answer).lower()})
            if key in kept:
                out["duplicates"] += 1
                del kept[key]
            kept[key] = one
    found, near_out = _without_near(list(kept.values()))
    if near_out:
        out["near duplicates"] += near_out
    return found, dict(out)


def check_trainable(found: Sequence[Correction], left_out: Mapping[str, int]) -> None:
    """Refuse what is too small, or too one-sided, to learn from.

    Raises:
        TooLittle: with the numbers.
    """
    said = "; ".join(f"{count} {reason}" for reason, count in left_out.items())
    more = f" Left out: {said}." if said else ""
    if len(found) < LEAST:
        raise TooLittle(
            f"There are {len(found)} corrections to learn from, and at least {LEAST} are needed.{more}",
            hint="Correct more answers (`ayllu feedback add ID --correction …`), or `ayllu feedback import FILE`.",
        )
    answer, most = Counter(_flat(one.answer).lower() for one in found).most_common(1)[0]
    if most > _ONE_ANSWER * len(found):
        raise TooLittle(
            f"{most} of {len(found)} corrections say the same ({answer[:40]!r}): a model would only repeat it.{more}",
            hint="Correct different questions.",
        )


def build_examples(
    found: Sequence[Correction], prompts: Path | None, seed: int = 0, *, answers_only: bool = False
) -> list[Example]:
    """Training examples, in a seeded order.

    A span is learnt from each length of text that it will be asked of, and from another taken by chance; and the question is
    learnt from the answer, so that the model can say which answer the question would be asked about. Of a passage that was
    shown and does not hold the answer, the model learns to say so. With `answers_only`, there are only the texts that will
    be asked of.
    """
    made: list[Example] = []
    chance = random.Random(seed)
    for one in found:
        if one.style == "prose":
            messages = [{"role": str(said["role"]), "content": str(said["content"])} for said in one.messages]
            made.append(Example(messages, one.answer, one.group, one.event_id))
            continue
        contexts = _learnt_from(one)
        if not answers_only:
            longest = contexts[-1]
            at = longest.index(one.answer)
            first, last = window(longest, at, at + len(one.answer), _WINDOW, chance)
            asks = asking_prompt_of(longest, one.answer, prompts)
            made.append(Example(asks, f" {one.question}\n", one.group, one.event_id))
            contexts = list(dict.fromkeys([*contexts, longest[first:last]]))
            if len(found) >= _DECLINED and (other := _without_answer(one)) is not None:
                made.append(Example(tuned_prompt_of(other, one.question, prompts), NOTHING, one.group, one.event_id))
        for context in contexts:
            asked = tuned_prompt_of(context, one.question, prompts)
            made.append(Example(asked, f" {one.answer}\n", one.group, one.event_id))
    chance.shuffle(made)
    return made


def asks(one: Example) -> bool:
    """Whether it teaches to ask for an answer."""
    return isinstance(one.prompt, str) and one.prompt.endswith(_ASKS)


def declines(one: Example) -> bool:
    """Whether it teaches to say that a text does not answer."""
    return isinstance(one.prompt, str) and one.completion == NOTHING


def dataset_card(found: Sequence[Correction], made: Sequence[Example], left_out: Mapping[str, int]) -> Card:
    sources = Counter("import" if one.group.startswith("import-") else "chat" for one in found)
    return Card(len(found), len(made), digest(made), dict(left_out), dict(sources))


def split(found: Sequence[Correction], share: float, seed: int = 0) -> tuple[list[Correction], list[Correction]]:
    """Learnt from, and held out: whole conversations, about `share` of the corrections held out."""
    return tuple(map(list, _parted(found, [1 - share, share], seed)))  # type: ignore[return-value] # two shares, two parts


def held_out(found: Sequence[Correction], known: Collection[str] = (), seed: int = 0) -> list[list[Correction]]:
    """The parts that are each answered by an adapter that has learnt from the others: four, which hold every correction; of
    200 corrections or more, as many fifths as it takes to ask about 120 (of more than 400, one).

    `known` is what the adapter in use has learnt from, as in `learnt_already`. What it knows by heart says nothing of a new
    one, so these are not held out; unless what is left are fewer than 20.
    """
    learnt = learnt_already(found, known)
    new = [one for one in found if one.event_id not in learnt]
    asked = new if len(new) >= _TELLING else found
    if len(found) < CROSS_FIT:
        return folds(asked, _FOLDS, seed)
    fifth = _HELD_OUT * len(found)
    share = min(1.0, fifth / len(asked))
    count = min(max(1, round(_ASKED / fifth)), int(1 / share))
    return _parted(asked, [1 - count * share, *[share] * count], seed)[1:]


def learnt_already(found: Sequence[Correction], known: Collection[str]) -> set[str]:
    """Which of `found` count as learnt from, by event id; `known` are names of conversations, and of corrections in them.

    A conversation without any of its corrections counts whole: an earlier version wrote no more down.
    """
    told = {one.group for one in found if one.event_id in known}
    return {
        one.event_id
        for name, ones in units(found).items()
        for one in ones
        if name in known or (one.group in known and one.group not in told)
    }


def folds(found: Sequence[Correction], count: int, seed: int = 0) -> list[list[Correction]]:
    """`count` parts of about one size; no conversation stands in two."""
    return _parted(found, [1 / count] * count, seed)


def digest(made: Sequence[Example]) -> str:
    """SHA-256 of the examples, in their order."""
    return hashlib.sha256(json.dumps([asdict(one) for one in made]).encode()).hexdigest()


def units(found: Sequence[Correction]) -> dict[str, list[Correction]]:
    """What is not split, by name: conversations (`Correction.group`), or where there are fewer of them than folds (one long
    chat), single corrections (`Correction.event_id`)."""
    groups: dict[str, list[Correction]] = {}
    for one in found:
        groups.setdefault(one.group, []).append(one)
    return groups if len(groups) >= _FOLDS else {one.event_id: [one] for one in found}


def _parted(found: Sequence[Correction], shares: Sequence[float], seed: int) -> list[list[Correction]]:
    groups = units(found)
    order = sorted(groups)
    random.Random(seed).shuffle(order)
    parts: list[list[Correction]] = [[] for _ in shares]
    for name in order:
        lacking = [share * len(found) - len(part) for share, part in zip(shares, parts, strict=True)]
        parts[lacking.index(max(lacking))] += groups[name]
    return parts


def _correction(event_id: str, message: Mapping[str, Any], said: str) -> Correction:
    answer = " ".join(_MARK.sub("", said).split())
    sent = [one for one in message["messages"] if isinstance(one, dict)]
    contexts = [_flat(str(one["context"])) for one in sent if one.get("context")]
    mark = _MARK.search(said)
    cited = next((str(one["text"]) for one in message["passages"] if mark and f"[{one.get('n')}]" == mark[0].strip()), "")
    return Correction(
        event_id=event_id,
        group=str(message.get("session_id") or message.get("message_id")),
        question=str(message.get("sampling", {}).get("query") or message["question"]),
        answer=answer,
        style="prose" if sent and "role" in sent[0] else "span",
        contexts=contexts,
        passages=list(message["passages"]),
        messages=[one for one in sent if "role" in one],
        cited=cited,
    )


def _texts(one: Correction) -> list[str]:
    return [*one.contexts, *(_flat(str(passage["text"])) for passage in one.passages)]


def _learnt_from(one: Correction) -> list[str]:
    """The first passage that holds the answer, and the longest of the shorter contexts that does."""
    whole = [text for text in map(_flat, (str(passage["text"]) for passage in one.passages)) if one.answer in text][:1]
    held = [context for context in one.contexts if one.answer in context and context not in whole]
    return [*sorted(held, key=len)[-1:], *whole]


def _without_answer(one: Correction) -> str | None:
    """The best of the passages shown in which the answer does not stand, in small letters or capitals."""
    texts = (_flat(str(passage["text"])) for passage in one.passages)
    return next((text for text in texts if one.answer.lower() not in text.lower()), None)


def _without_near(found: Sequence[Correction]) -> tuple[list[Correction], int]:
    """Without earlier ones whose question is nearly the same as a later one's, with the same answer."""
    kept: list[tuple[set[str], Correction]] = []
    index: dict[str, list[int]] = {}
    dropped = 0
    for one in reversed(found):
        grams = _grams(one.question)
        near = Counter(at for gram in grams for at in index.get(gram, ()))
        if any(_alike(grams, kept[at][0]) and kept[at][1].answer == one.answer for at, _ in near.most_common(5)):
            dropped += 1
            continue
        for gram in grams:
            index.setdefault(gram, []).append(len(kept))
        kept.append((grams, one))
    return [one for _, one in reversed(kept)], dropped


def _grams(text: str) -> set[str]:
    words = ["", *_WORD.findall(text.lower()), ""]
    return {" ".join(words[at : at + 3]) for at in range(len(words) - 2)} or {" ".join(words)}


def _alike(one: set[str], other: set[str]) -> bool:
    return len(one & other) >= _NEAR * len(one | other)


def _flat(text: str) -> str:
    return " ".join(text.split())
