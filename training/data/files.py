"""Training data as files: TRL's prompt-completion form, a line an example, and the card of what they were made of."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...errors import AylluError
from ...storage import write_private
from ...text import count
from .cards import DatasetCard
from .examples import Example


class DataUnreadable(AylluError):
    """A file or folder that holds nothing to train on."""

    kind = "data"


def write_examples(folder: Path, examples: Sequence[Example], card: DatasetCard) -> dict[str, Any]:
    """Write `sft.jsonl`, `card.json` and a `README.md` into `folder`; returns counts and paths."""
    write_private(folder / "sft.jsonl", "".join(f"{json.dumps(_row(example))}\n" for example in examples))
    write_private(folder / "card.json", json.dumps(card.to_json(), indent=2) + "\n")
    write_private(folder / "README.md", _readme(card))
    counts = {"corrections": card.corrections, "examples": card.examples, "sha256": card.sha256}
    return {**counts, "left_out": dict(card.left_out), "path": str(folder / "sft.jsonl"), "format": "sft"}


def data_files(path: Path) -> list[Path]:
    """`path`, or the JSON and JSONL files of the folder that it is; the card beside an export is none of the data.

    Raises:
        DataUnreadable: there is none.
    """
    files = [path] if path.is_file() else sorted(file for file in path.glob("*.json*") if file.name != "card.json")
    if not files:
        raise DataUnreadable(
            f"There is nothing to train on at {path}.", hint="Give a JSON or JSONL file, or a folder that holds some."
        )
    return files


def read_examples(path: Path) -> list[Example] | None:
    """The examples of a file in TRL's prompt-completion form; `None`: it is in another one.

    Raises:
        DataUnreadable: it cannot be read, or a line is wrong; the message names it.
    """
    try:
        lines = [(at, line) for at, line in enumerate(path.read_text("utf-8-sig").splitlines(), start=1) if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise DataUnreadable(f"{path} cannot be read: {error}.", hint="Give a UTF-8 text file.") from error
    examples: list[Example] = []
    for number, line in lines:
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if not examples and not (isinstance(row, dict) and {"prompt", "completion"} <= row.keys()):
            return None
        example = _example(row, number)
        if example is None:
            raise DataUnreadable(
                f"{path}, line {number}: it is no prompt with its completion.",
                hint='A line is {"prompt": TEXT, "completion": TEXT}, or both lists of messages.',
            )
        examples.append(example)
    return examples or None


def _row(example: Example) -> dict[str, Any]:
    """An example in TRL's form: raw text, or a conversation. Lines of one `group` belong together."""
    origin = {"group": example.group, "id": example.event_id}
    if isinstance(example.prompt, str):
        return {"prompt": example.prompt, "completion": example.completion, **origin}
    answer = [{"role": "assistant", "content": example.completion}]
    return {"prompt": list(example.prompt), "completion": answer, **origin}


def _example(row: Any, number: int) -> Example | None:
    """The example of a row; `None` where it is none."""
    if not isinstance(row, dict):
        return None
    prompt, completion = row.get("prompt"), row.get("completion")
    group, name = str(row.get("group", number)), str(row.get("id", number))
    if isinstance(prompt, str) and isinstance(completion, str) and prompt and completion.strip():
        return Example(prompt, completion, group, name)
    question, answer = _messages(prompt), _messages(completion)
    return Example(question, answer[-1]["content"], group, name) if question and answer else None


def _messages(value: Any) -> list[dict[str, str]]:
    """`value` as messages; none where a part of it is no message."""
    if not isinstance(value, list) or not all(isinstance(message, dict) for message in value):
        return []
    if not all(isinstance(message.get(part), str) for message in value for part in ("role", "content")):
        return []
    return [{"role": message["role"], "content": message["content"]} for message in value]


def _readme(card: DatasetCard) -> str:
    left_out = [f"- left out: {number} {reason}" for reason, number in card.left_out.items()]
    sources = [f"- from {'an imported file' if name == 'import' else 'the chat'}: {n}" for name, n in card.sources.items()]
    lines = [
        "# Corrections for supervised fine-tuning",
        "",
        f"{count(card.corrections, 'correction')} as {count(card.examples, 'example')} in TRL's prompt-completion form"
        " (`sft.jsonl`): the prompt in which a tuned model is asked, and the answer it should give. Lines of one `group`"
        " are of one conversation, and should not be split.",
        "",
        *sources,
        *left_out,
        f"- SHA-256 of the examples: {card.sha256}",
        "",
    ]
    return "\n".join(lines)
