"""Other people's data as corrections in the log: SQuAD, Dolly, Alpaca, and our own export.

Each entry becomes an event such as the product itself would have kept: its passages are found by our own search, in a
library that is thrown away, and the prompt is the very one the writer would have sent. Formats: SQuAD 1.1 and 2.0 (JSON),
`databricks-dolly-15k` (JSONL of `instruction`, `context`, `response`), Stanford Alpaca (JSON or JSONL of `instruction`,
`input`, `output`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...agents import prompt_of, span_contexts
from ...config import Settings
from ...errors import AylluError
from ...evaluation import EvalDoc, EvalSet, temporary_library
from ...feedback import FeedbackEvent, FeedbackLog
from ...retrieval import Embedder, Library, Passage

Progress = Callable[[str, int, int | None], None]


class ImportFailed(AylluError):
    """A file of which nothing can be imported."""

    kind = "import"


@dataclass(slots=True)
class Imported:
    """What became of a file."""

    imported: int = 0
    duplicates: int = 0
    skipped: list[dict[str, Any]] = field(default_factory=list)  # {"line", "error"}

    def to_json(self) -> dict[str, Any]:
        return {"imported": self.imported, "duplicates": self.duplicates, "skipped": self.skipped}


@dataclass(frozen=True, slots=True)
class _Entry:
    """One question, the answer wanted, and what it is answered from (a key of the file's contexts; `None`: nothing)."""

    line: int
    question: str
    answer: str
    context: str | None


def import_file(
    path: Path,
    log: FeedbackLog,
    embedder: Embedder,
    settings: Settings,
    *,
    model: str,
    prompts: Path | None = None,
    progress: Progress | None = None,
) -> Imported:
    """Take the entries of `path` into `log`. A bad entry is skipped, with its line and why; one that is there is counted.

    `line` is the line of a JSONL file, and the place of the entry, from 1, in other files.

    Raises:
        ImportFailed: the file cannot be read, or is of no form that is known.
    """
    done = Imported()
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ImportFailed(f"{path} cannot be read: {error}.", hint="Give a UTF-8 text file.") from error
    entries: list[_Entry] = []
    for line, found in _entries(path, text):
        if isinstance(found, str):
            done.skipped.append({"line": line, "error": found})
        elif isinstance(found, FeedbackEvent):
            _count(done, log.take(found))
        else:
            entries.append(found)
    contexts = list(dict.fromkeys(one.context for one in entries if one.context is not None))
    names = {context: str(at) for at, context in enumerate(contexts)}
    tell = progress or _silent
    whole = EvalSet([EvalDoc(name, context) for context, name in names.items()], [])
    with temporary_library(whole, embedder, tell, settings.retrieval.chunk_tokens) as (library, _):
        for at, one in enumerate(entries, start=1):
            if one.context is not None and one.answer not in one.context and _flat(one.answer) not in _flat(one.context):
                source = None  # answered in the person's own words: no passage is marked as the one that says it
            else:
                source = names[one.context] if one.context is not None else None
            event = _event(path, one, source, library if one.context is not None else None, settings, model, prompts)
            _count(done, log.take(event))
            tell("importing", at, len(entries))
    if not (done.imported or done.duplicates):
        first = f" The first: line {done.skipped[0]['line']}, {done.skipped[0]['error']}." if done.skipped else ""
        raise ImportFailed(
            f"Nothing in {path} could be imported.{first}",
            hint="Known: our own export, SQuAD JSON, Dolly JSONL, Alpaca JSON.",
        )
    return done


def _count(done: Imported, new: bool) -> None:
    if new:
        done.imported += 1
    else:
        done.duplicates += 1


def _entries(path: Path, text: str) -> Iterator[tuple[int, _Entry | FeedbackEvent | str]]:
    """Each entry with its line; a text says what is wrong with it."""
    try:
        whole = json.loads(text)
    except json.JSONDecodeError:
        whole = None
    except RecursionError as error:
        raise ImportFailed(f"{path} is nested too deeply.", hint="Give one of the known forms.") from error
    if isinstance(whole, dict) and isinstance(whole.get("data"), list):
        yield from _squad(whole["data"])
    elif isinstance(whole, list):
        for at, one in enumerate(whole, start=1):
            yield at, _instruction(at, one)
    else:
        for at, line in enumerate(text.splitlines(), start=1):
            if line.strip():
                try:
                    yield at, _instruction(at, json.loads(line))
                except (json.JSONDecodeError, RecursionError) as error:
                    yield at, f"it is not JSON ({error})"


def _squad(articles: Sequence[Any]) -> Iterator[tuple[int, _Entry | str]]:
    at = 0
    for article in articles:
        paragraphs = article.get("paragraphs") if isinstance(article, dict) else None
        if not isinstance(paragraphs, list):
            at += 1
            yield at, "an article without paragraphs"
            continue
        for paragraph in paragraphs:
            asked = paragraph.get("qas") if isinstance(paragraph, dict) else None
            one: Any
            for one in asked if isinstance(asked, list) else [None]:
                at += 1
                try:
                    if one.get("is_impossible"):
                        yield at, "its paragraph does not answer it"
                    else:
                        yield at, _entry(at, one["question"], one["answers"][0]["text"], paragraph["context"])
                except (KeyError, IndexError, TypeError, AttributeError) as error:
                    yield at, f"it is no SQuAD question ({error!r})"


def _instruction(at: int, one: Any) -> _Entry | FeedbackEvent | str:
    """An entry of Dolly, of Alpaca, or of our own export."""
    if not isinstance(one, dict):
        return "it is no JSON object"
    if "event_id" in one and "payload" in one:
        try:
            event = FeedbackEvent(**one)
        except TypeError as error:
            return f"it is no event of ours ({error})"
        return event if _sound(event) else "it is no event of ours (its message is not whole)"
    for question, context, answer in (("instruction", "context", "response"), ("instruction", "input", "output")):
        if question in one and answer in one:
            return _entry(at, one[question], one[answer], one.get(context) or None)
    return "it has neither `instruction` with `response` or `output`, nor `event_id` with `payload`"


def _sound(event: FeedbackEvent) -> bool:
    texts = (event.event_id, event.created_at, event.kind, event.message_id)
    if not all(isinstance(one, str) and one for one in texts) or not isinstance(event.payload, dict):
        return False
    if event.kind == "preference":
        return all(isinstance(event.payload.get(one), dict) for one in ("chosen", "rejected"))
    message = event.payload.get("message")
    return event.kind == "rating" and isinstance(message, dict) and {"question", "messages", "passages"} <= message.keys()


def _entry(at: int, question: Any, answer: Any, context: Any) -> _Entry | str:
    for name, value in (("question", question), ("answer", answer)):
        if not isinstance(value, str) or not value.strip():
            return f"its {name} is empty, or no text"
    if context is not None and not isinstance(context, str):
        return "its context is no text"
    return _Entry(at, " ".join(question.split()), answer.strip(), context if context and context.strip() else None)


def _event(
    path: Path,
    one: _Entry,
    source: str | None,
    library: Library | None,
    settings: Settings,
    model: str,
    prompts: Path | None,
) -> FeedbackEvent:
    found = library.retrieve(one.question, k=settings.retrieval.passages, collection="evaluation") if library else None
    contexts = span_contexts(found, tuned=False) if found is not None and found.sentences else []
    passages: Sequence[Passage] = found.passages if found is not None else ()
    mark = next((n for n, passage in enumerate(passages, start=1) if passage.source == source), None)
    key = hashlib.sha256(json.dumps([one.question, one.answer, one.context]).encode()).hexdigest()
    message: Mapping[str, Any] = {
        "message_id": f"i{key[:20]}",
        "session_id": f"import-{path.stem}-{hashlib.sha256((one.context or one.question).encode()).hexdigest()[:12]}",
        "question": one.question,
        "answer": {"answer": "", "short": "", "kind": "imported", "abstained": False, "citations": []},
        "messages": [
            {"prompt": prompt_of(context, one.question, prompts), "completion": [], "context": context}
            for context in contexts
        ]
        or [{"role": "user", "content": one.question}],
        "passages": [
            {"n": n, "chunk_id": passage.chunk_id, "source": passage.source, "page": None, "text": passage.text}
            for n, passage in enumerate(passages, start=1)
        ],
        "model": model,
        "adapter": None,
        "backend": "import",
        "sampling": {"style": "span" if contexts else "prose", "query": one.question, "file": path.name, "line": one.line},
    }
    correction = f"{one.answer} [{mark}]" if mark is not None else one.answer
    return FeedbackEvent(
        f"i{key[20:40]}", "", "rating", message["message_id"], None, {"correction": correction, "message": message}
    )


def _flat(text: str) -> str:
    return " ".join(text.split())


def _silent(label: str, done: int, total: int | None) -> None:
    """Nobody is watching."""
