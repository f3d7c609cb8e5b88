"""Corrections: what a person said an answer should have been, with the passages and prompts that led to the answer.

What cannot be learnt from is counted, not swallowed, and what stands in an evaluation set is taken out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...agents import align, why_not_aligned
from ...conversations import ChatMessage, Exchange, ExchangeUnreadable, RawPrompt, ShownPassage, Style
from ...evaluation import EvalQuestion
from ...feedback import FeedbackEvent
from ...retrieval import Embedder
from ..errors import TooLittle
from .duplicates import PosedQuestion, repeated
from .prose_targets import Marker, first_mark, prose_target, without_marks
from .spaces import single_spaced

MIN_CORRECTIONS = 8  # below which nothing is trained
NOT_IN_TEXT = "not in words of the passages shown"
_SAME_ANSWER = 0.5  # share of the corrections that may say one and the same thing


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction of the log that can be learnt from. `group` is what must not be split: its conversation."""

    event_id: str
    group: str
    question: str
    answer: str  # without marks; of a span in the words of the text
    style: Style  # in which it is taught
    contexts: Sequence[str]  # the texts in the writer's prompts, each on one line (span)
    passages: Sequence[str]  # as shown
    messages: Sequence[Mapping[str, str]]  # as sent (prose); none where the model was not asked so, or lacked the passage
    cited: str = ""  # the text of the passage that its first mark names
    prose: str = ""  # the answer with its lines, and with marks that count the passages as the writer got them
    shown: Sequence[ShownPassage] = ()  # the passages, as the writer got them
    typed: str = ""  # the question as it was typed; a follow-up with its subject

    @property
    def imported(self) -> bool:
        """Whether it comes from a file of questions, which nobody chose because the answer was wrong."""
        return self.group.startswith("import-")

    @property
    def posed(self) -> PosedQuestion:
        return PosedQuestion(self.question, [self.answer])

    @property
    def texts(self) -> list[str]:
        """All in which its answer may stand, each on one line."""
        return [*self.contexts, *map(single_spaced, self.passages)]

    @property
    def answering_passages(self) -> list[str]:
        """The passages shown in which its answer stands, the cited one first."""
        cited_first = sorted(self.passages, key=lambda text: text != self.cited)
        return [text for text in cited_first if self.answer in single_spaced(text)]


def collect_corrections(
    events: Sequence[FeedbackEvent],
    style: Style | None,
    avoid: Sequence[EvalQuestion] = (),
    embedder: Embedder | None = None,
    mark: Marker | None = None,
) -> tuple[list[Correction], dict[str, int]]:
    """What of the events that stand can be learnt from, and how many were left out, by reason.

    A correction is taught in the style in which its answer was written, or in `style`: the words of a passage to a model
    that points at them, whoever wrote the answer, and any correction to a model that writes prose. `mark` gives prose its
    marks where a person gave none.

    `avoid` are questions of evaluation sets: those, and what asks the same, are taken out. Of what asks the same with the
    same answer the latest word stands: what is alike in meaning by the `embedder`; without one, in words.
    """
    left_out: Counter[str] = Counter()
    usable: list[Correction] = []
    for event in events:
        if event.kind != "rating" or event.forgotten:
            continue
        if not event.correction:
            left_out["without a correction"] += 1  # a rating says how good an answer was, not what it should have been
            continue
        if (exchange := _exchange_of(event)) is None:
            left_out["unreadable"] += 1
            continue
        correction = _read(event.event_id, exchange, event.correction, style, mark)
        if reason := _unusable(correction):
            left_out[reason] += 1
            continue
        usable.append(correction)
    others = [PosedQuestion(question.question, question.answers) for question in avoid]
    reasons = repeated([correction.posed for correction in usable], others, embedder)
    left_out.update(reasons.values())
    return [correction for place, correction in enumerate(usable) if place not in reasons], dict(left_out)


def posed_by(exchange: Exchange, correction: str, style: Style | None = None) -> PosedQuestion | str:
    """What a correction of the answer of `exchange` asks and answers, for a model that writes in `style` (as the answer was
    written); or why nothing can be learnt from it.
    """
    read = _read("", exchange, correction, style)
    return _unusable(read) or read.posed


def check_trainable(corrections: Sequence[Correction], left_out: Mapping[str, int]) -> None:
    """Refuse what is too small, or too one-sided, to learn from.

    Raises:
        TooLittle: with the numbers.
    """
    reasons = "; ".join(f"{count} {reason}" for reason, count in left_out.items())
    more = f" Left out: {reasons}." if reasons else ""
    if len(corrections) < MIN_CORRECTIONS:
        raise TooLittle(
            f"There are {len(corrections)} corrections to learn from, and at least {MIN_CORRECTIONS} are needed.{more}",
            hint="Correct more answers (`ayllu feedback add ID --correction …`), or `ayllu feedback import FILE`.",
        )
    answers = Counter(single_spaced(correction.answer).lower() for correction in corrections)
    answer, most = answers.most_common(1)[0]
    if most > _SAME_ANSWER * len(corrections):
        raise TooLittle(
            f"{most} of {len(corrections)} corrections say the same ({answer[:40]!r}): a model would only repeat it.{more}",
            hint="Correct different questions.",
        )


def _exchange_of(event: FeedbackEvent) -> Exchange | None:
    try:
        return event.exchange
    except ExchangeUnreadable:
        return None


def _read(event_id: str, exchange: Exchange, text: str, style: Style | None, mark: Marker | None = None) -> Correction:
    style = style or exchange.style
    number = first_mark(text)
    cited = exchange.passage(number) if number is not None else None
    answer = single_spaced(without_marks(text))
    if style == "span":  # which can only learn what stands in the text
        answer = _in_words_of_the_text(answer, exchange, cited)
    target = prose_target(text, exchange, mark if style == "prose" else None)
    messages = [prompt for prompt in exchange.prompts if isinstance(prompt, ChatMessage)] if target.as_sent else []
    contexts = [prompt.context for prompt in exchange.prompts if isinstance(prompt, RawPrompt) and prompt.context]
    return Correction(
        event_id=event_id,
        group=exchange.session_id or exchange.message_id,
        question=exchange.query,
        answer=answer,
        style=style,
        contexts=[single_spaced(context) for context in contexts],
        passages=[passage.text for passage in exchange.passages],
        messages=[{"role": message.role, "content": message.content} for message in messages],
        cited=cited.text if cited is not None else "",
        prose=target.text,
        shown=exchange.passages,
        typed=exchange.question if exchange.query in exchange.question else exchange.query,
    )


def _in_words_of_the_text(answer: str, exchange: Exchange, cited: ShownPassage | None) -> str:
    """The stretch of a passage that says what `answer` says; itself where none does."""
    passages = [passage.text for passage in sorted(exchange.passages, key=lambda passage: passage != cited)]
    contexts = [prompt.context for prompt in exchange.prompts if isinstance(prompt, RawPrompt) and prompt.context]
    if any(answer in single_spaced(text) for text in (*contexts, *passages)):
        return answer
    aligned = align(answer, exchange.query, passages)
    return answer if aligned is None else single_spaced(aligned.text)


def lacking_words(exchange: Exchange, correction: str) -> str:
    """Why a correction is `NOT_IN_TEXT`, in a few words."""
    return why_not_aligned(without_marks(correction), exchange.query, [passage.text for passage in exchange.passages])


def _unusable(correction: Correction) -> str | None:
    """Why it cannot be learnt from; `None`: it can."""
    if correction.style == "prose" and not (correction.messages or correction.shown):
        return "without passages"
    if correction.style == "span" and not correction.passages:
        return "without passages"
    if correction.style == "span" and not any(correction.answer in text for text in correction.texts):
        return NOT_IN_TEXT
    return None
