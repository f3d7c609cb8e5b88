"""Training data as files: TRL's prompt-completion form, a line an example, and the card of what they were made of."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...errors import AylluError
from ...text import count
from .corrections import Card, Example


class DataUnreadable(AylluError):
    """A file or folder that holds nothing to train on."""

    kind = "data"


def write(folder: Path, examples: Sequence[Example], card: Card) -> dict[str, Any]:
    """Write `sft.jsonl`, `card.json` and a `README.md` into `folder`; returns counts and paths."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "sft.jsonl", "".join(f"{json.dumps(row(one))}\n" for one in examples))
    _write(folder / "card.json", json.dumps(card.to_json(), indent=2) + "\n")
    _write(folder / "README.md", _readme(card))
    counts = {"corrections": card.corrections, "examples": card.examples, "sha256": card.sha256}
    return {**counts, "left_out": dict(card.left_out), "path": str(folder / "sft.jsonl"), "format": "sft"}


def row(one: Example) -> dict[str, Any]:
    """An example in TRL's form: raw text, or a conversation. Lines of one `group` belong together."""
    if isinstance(one.prompt, str):
        return {"prompt": one.prompt, "completion": one.completion, "group": one.group, "id": one.event_id}
    said = [{"role": "assistant", "content": one.completion}]
    return {"prompt": list(one.prompt), "completion": said, "group": one.group, "id": one.event_id}


def files_of(path: Path) -> list[Path]:
    """`path`, or the JSON and JSONL files of the folder that it is; the card beside an export is none of the data.

    Raises:
        DataUnreadable: there is none.
    """
    found = [path] if path.is_file() else sorted(one for one in path.glob("*.json*") if one.name != "card.json")
    if not found:
        raise DataUnreadable(
            f"There is nothing to train on at {path}.", hint="Give a JSON or JSONL file, or a folder that holds some."
        )
    return found


def read(path: Path) -> list[Example] | None:
    """The examples of a file in TRL's prompt-completion form; `None`: it is in another one.

    Raises:
        DataUnreadable: it cannot be read, or a line is wrong; the message names it.
    """
    try:
        lines = [(at, line) for at, line in enumerate(path.read_text("utf-8-sig").splitlines(), start=1) if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise DataUnreadable(f"{path} cannot be read: {error}.", hint="Give a UTF-8 text file.") from error
    made: list[Example] = []
    for at, line in lines:
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            entry = None
        if not made and not (isinstance(entry, dict) and {"prompt", "completion"} <= entry.keys()):
            return None
        one = _example(entry, at)
        if one is None:
            raise DataUnreadable(
                f"{path}, line {at}: it is no prompt with its completion.",
                hint='A line is {"prompt": TEXT, "completion": TEXT}, or both lists of messages.',
            )
        made.append(one)
    return made or None


def _example(entry: Any, at: int) -> Example | None:
    if not isinstance(entry, dict):
        return None
    prompt, completion = entry.get("prompt"), entry.get("completion")
    group, name = str(entry.get("group", at)), str(entry.get("id", at))
    if isinstance(prompt, str) and isinstance(completion, str) and prompt and completion.strip():
        return Example(prompt, completion, group, name)
    asked, answered = _messages(prompt), _messages(completion)
    return Example(asked, answered[-1]["content"], group, name) if asked and answered else None


def _messages(said: Any) -> list[dict[str, str]]:
    """`said` as messages; none where one of them is no message."""
    if not isinstance(said, list) or not all(isinstance(one, dict) for one in said):
        return []
    whole = all(isinstance(one.get("role"), str) and isinstance(one.get("content"), str) for one in said)
    return [{"role": one["role"], "content": one["content"]} for one in said] if whole else []


def _readme(card: Card) -> str:
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


def _write(path: Path, text: str) -> None:
    scratch = path.with_name(f".{path.name}.part")
    scratch.write_text(text, "utf-8")
    scratch.replace(path)
