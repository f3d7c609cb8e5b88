"""The probe: forty bundled questions, half of which their passages answer, with the leave to refuse in each place; then
some thirty short facts, which the second reader reads too.

Each answer is kept as it comes, by the digest of what was sent, so that a probe that was cut off goes on where it was, and
other prompts are asked anew. A place of the leave at which a model refuses what it should answer is given up early.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

from autogen_core import CancellationToken
from autogen_core.models import LLMMessage

from ...backends import Attempts, Backend, HasProfile
from ...errors import AylluError, UsageError
from ...models import Leave, Profile, Profiles
from ..asking import wants_short
from ..judging import is_refusal
from ..prompts import load_prompt
from ..writing import PromptPassage, last_words, prose_messages, prose_system, write_prose, writing_style
from .choice import MOST_REFUSED, Figures, choose_profile
from .facts import Comparison, Fact, FactReader, contains
from .precedence import Readings, choose_precedence

_OPTIONS = {"temperature": 0.0, "max_tokens": 64}
_ENOUGH = 8  # answerable questions, after which a place at which too many are refused is given up
_TOO_MANY = 2  # of them
log = logging.getLogger(__name__)
Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class ProbeQuestion:
    question: str
    answers: Sequence[str]  # empty where the passages have none
    passages: Sequence[PromptPassage]


@dataclass(frozen=True, slots=True)
class ProbeReport:
    model: str
    profile: Profile
    figures: dict[Leave, Figures]
    file: Path  # where the profile is kept
    readings: Readings | None = None  # None: nobody read besides the model

    @property
    def words(self) -> str:
        """What follows from it."""
        place = {
            "none": "without leave to refuse",
            "system": "with leave to refuse first",
            "last": "with leave to refuse last",
        }
        believed = "its refusals stand" if self.profile.believed else "its refusals are held against the documents"
        return f"asked {place[self.profile.leave]}; {believed}{self._reading}. Kept in {self.file}."

    @property
    def _reading(self) -> str:
        """What stands first of two readings, where that was measured."""
        words = {
            "phrase": "; of short facts the second reader's phrase stands first",
            "draft": "; of short facts its own words stand first, and a second reader's after them",
            "alone": "",
            "auto": "",
        }
        return words[self.profile.second_reader]

    def to_json(self) -> dict[str, Any]:
        figures = {leave: row.to_json() for leave, row in self.figures.items()}
        readings = self.readings.to_json() if self.readings is not None else None
        return {
            "model": self.model,
            "profile": self.profile.model_dump(),
            "figures": figures,
            "second_reader": readings,
            "file": str(self.file),
        }


def probe_questions() -> list[ProbeQuestion]:
    """Over each pair of passages one that they answer and one that they do not."""
    questions: list[ProbeQuestion] = []
    for entry in _entries():
        passages = [PromptPassage(f"notes-{n}.md", text) for n, text in enumerate(entry["passages"], start=1)]
        questions.append(ProbeQuestion(entry["question"], entry["answers"], passages))
        questions.append(ProbeQuestion(entry["unanswerable"], (), passages))
    return questions


def probe_facts() -> list[Fact]:
    """Short facts of the same passages."""
    facts: list[Fact] = []
    for entry in _entries():
        facts.append(Fact(entry["question"], entry["answers"]))
        if "fact" in entry:
            facts.append(Fact(entry["fact"], entry["fact_answers"]))
    return [fact for fact in facts if wants_short(fact.question)]


def _entries() -> list[dict[str, Any]]:
    lines = files(__package__).joinpath("questions.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def needs_probe(backend: Backend) -> bool:
    """Whether its model is asked in prose and nothing is known yet of how; it must be known which one it is."""
    if writing_style(backend) != "prose" or not isinstance(backend, HasProfile):
        return False
    return backend.profile_key is not None and backend.profile.origin == "default"


class _Nobody:
    """Hears a model write, and does nothing about it."""

    def on_text(self, piece: str) -> None: ...

    def on_thought(self, piece: str) -> None: ...

    def on_taken_back(self) -> None: ...


class Probe:
    """One probe of one model. `wait` is awaited before each question, for whoever has something more urgent to ask."""

    def __init__(
        self,
        backend: Backend,
        profiles: Profiles,
        prompts: Path | None = None,
        *,
        second: FactReader | None = None,
        progress: Progress = lambda label, done, total: None,
        stop: CancellationToken | None = None,
        wait: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """`second`: who reads short facts too, so that it is measured what stands first; None leaves that open.

        Raises:
            UsageError: the model writes no prose.
        """
        if writing_style(backend) != "prose":
            raise UsageError(
                f"{backend.model} copies short answers, and is never asked whether there is one.",
                hint="Probe a model that writes prose: `ayllu models probe NAME`.",
            )
        self._backend = backend
        self._profiles = profiles
        self._prompts = prompts
        self._second = second
        self._progress = progress
        self._stop = stop or CancellationToken()
        self._wait = wait
        self._known: dict[str, str] = {}

    async def run(self) -> ProbeReport:
        """Ask what was not asked before, and keep the profile that follows.

        Raises:
            AylluError: the backend failed, or what was found cannot be kept; what was answered until then is.
            ProbeRunning: another process probes this model.
            asyncio.CancelledError: it was stopped; so is it then.
        """
        await self._backend.start()
        key = self._backend.profile_key if isinstance(self._backend, HasProfile) else None
        if key is None:
            raise AylluError(
                f"It is not known which model {self._backend.name} is, so that nothing could be kept of it.",
                hint="Name a model: `ayllu models probe NAME`.",
            )
        kept = self._profiles.progress_file(key)
        try:
            with self._profiles.claim(key):
                return await self._run(key, kept)
        except OSError as error:
            raise AylluError(
                f"What the probe found cannot be kept in {kept.parent}: {error.strerror or error}.",
                hint="Make room there, or set AYLLU_MODELS to a folder that can be written to.",
            ) from error

    async def _run(self, key: str, kept: Path) -> ProbeReport:
        self._known = _read_known(kept)
        questions, figures = probe_questions(), dict[Leave, Figures]()
        facts = probe_facts() if self._second is not None else []
        places: tuple[Leave, ...] = get_args(Leave)
        total = len(places) * len(questions) + len(facts)
        for number, leave in enumerate(places):
            figures[leave] = await self._measure(leave, questions, kept, number * len(questions), total)
        profile, readings = choose_profile(figures), None
        if self._second is not None:
            comparisons = await self._compare(self._second, facts, kept, total)
            readings = Readings.of(comparisons)
            overall, by_kind = choose_precedence(comparisons)
            profile = profile.model_copy(update={"second_reader": overall or "auto", "second_reader_for": by_kind})
        file = self._profiles.keep(key, profile)
        kept.unlink(missing_ok=True)
        return ProbeReport(self._backend.model, profile, figures, file, readings)

    async def _compare(self, second: FactReader, facts: Sequence[Fact], kept: Path, total: int) -> list[Comparison]:
        """Of each fact what the model writes and what the second reader copies; until that one fails, if it does."""
        texts = [text for entry in _entries() for text in entry["passages"]]
        comparisons: list[Comparison] = []
        for number, fact in enumerate(facts):
            retrieved = await asyncio.to_thread(second.retrieve, fact.question, texts)
            passages = [PromptPassage(passage.source, passage.text) for passage in retrieved.passages]
            draft = await self._answer(ProbeQuestion(fact.question, fact.answers, passages), "none", kept)
            phrase = await second.read(fact.question, retrieved)
            if second.failure:
                log.warning("what stands first of two readings stays open: %s", second.failure)
                return []
            comparisons.append(second.compare(fact, draft, phrase))
            self._progress(f"Probing {self._backend.model}", total - len(facts) + number + 1, total)
        return comparisons

    async def _measure(self, leave: Leave, questions: Sequence[ProbeQuestion], kept: Path, done: int, total: int) -> Figures:
        right = refused = unanswerable_refused = 0
        answerable = unanswerable = 0
        for number, question in enumerate(questions):
            answer = await self._answer(question, leave, kept)
            self._progress(f"Probing {self._backend.model}", done + number + 1, total)
            is_right, declines = contains(answer, question.answers), is_refusal(answer)
            if question.answers:
                answerable, right, refused = answerable + 1, right + is_right, refused + (declines and not is_right)
            else:
                unanswerable, unanswerable_refused = unanswerable + 1, unanswerable_refused + declines
            if leave != "none" and answerable >= _ENOUGH and refused > max(_TOO_MANY, MOST_REFUSED * answerable):
                break
        return Figures(
            right / answerable,
            refused / answerable,
            unanswerable_refused / max(unanswerable, 1),
            complete=answerable + unanswerable == len(questions),
        )

    async def _answer(self, question: ProbeQuestion, leave: Leave, kept: Path) -> str:
        messages = self._messages(leave, question)
        digest = _digest(messages)
        if digest not in self._known:
            if self._wait is not None:
                await self._wait()
            prose = await write_prose(self._backend.client, messages, _OPTIONS, self._stop, _Nobody())
            self._known[digest] = prose.text
            with kept.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"prompt": digest, "answer": prose.text}, ensure_ascii=False) + "\n")
        return self._known[digest]

    def _messages(self, leave: Leave, question: ProbeQuestion) -> list[LLMMessage]:
        def load(name: str) -> str:
            return load_prompt(name, self._prompts)

        profile = Profile(leave=leave)
        system, last = prose_system(load, profile), last_words(load, profile)
        return prose_messages(system, question.question, (), question.passages, last)


async def probe_answering(
    backend: Backend,
    profiles: Profiles,
    prompts: Path | None = None,
    *,
    second: FactReader | None = None,
    progress: Progress = lambda label, done, total: None,
    stop: CancellationToken | None = None,
    wait: Callable[[], Awaitable[None]] | None = None,
) -> ProbeReport:
    """Probe the model that would answer now: of a backend that asks others, theirs. Raises as `Probe` does."""
    report: ProbeReport | None = None
    async for attempt in Attempts(backend):
        async with attempt:
            answering = await attempt.backend()
            probe = Probe(answering, profiles, prompts, second=second, progress=progress, stop=stop, wait=wait)
            report = await probe.run()
            attempt.record_answer()
    assert report is not None  # the loop ends with an answer, or raises
    return report


def _read_known(file: Path) -> dict[str, str]:
    """Answers by the digest of what was sent; a line that was cut off counts as none."""
    if not file.exists():
        return {}
    known: dict[str, str] = {}
    for line in file.read_text("utf-8", "replace").splitlines():
        try:
            entry = json.loads(line)
            known[str(entry["prompt"])] = str(entry["answer"])
        except (ValueError, KeyError, TypeError):
            log.info("a line of %s is not used", file)
    return known


def _digest(messages: Sequence[LLMMessage]) -> str:
    text = "\n".join(f"{type(message).__name__}: {message.content}" for message in messages)
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()
