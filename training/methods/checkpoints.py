"""What a run leaves while it goes on, so that it can be killed at any moment and taken up again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def same_run(folder: Path, run: Mapping[str, Any]) -> bool:
    """Whether what stands in `folder` is of the run that `run` describes; if not, it is cleared, and `run` noted."""
    note = folder / "run.json"
    try:
        before = json.loads(note.read_text("utf-8"))
    except (OSError, ValueError):
        before = None
    if before == run:
        return True
    folder.mkdir(parents=True, exist_ok=True)
    for stale in ("checkpoints", "peft"):
        shutil.rmtree(folder / stale, ignore_errors=True)
    for stale in ("done.json", "adapter.gguf"):
        (folder / stale).unlink(missing_ok=True)
    note.write_text(json.dumps(run), "utf-8")
    return False


def latest_checkpoint(folder: Path) -> tuple[str | None, int]:
    """The latest complete one and its step; a kill may have left half of one, without the state that is written last."""
    complete: list[tuple[int, Path]] = []
    for checkpoint in folder.glob("checkpoint-*"):
        try:
            state = json.loads((checkpoint / "trainer_state.json").read_text("utf-8"))
            complete.append((int(state["global_step"]), checkpoint))
        except (OSError, ValueError, KeyError):
            shutil.rmtree(checkpoint, ignore_errors=True)
    return (str(max(complete)[1]), max(complete)[0]) if complete else (None, 0)


def finished_run(folder: Path) -> dict[str, Any] | None:
    """What a finished run noted in `folder`; the adapter is written before that is."""
    try:
        noted: dict[str, Any] = json.loads((folder / "done.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return noted


def finish_run(folder: Path, noted: Mapping[str, Any]) -> None:
    scratch = folder / ".done.json"
    scratch.write_text(json.dumps(noted), "utf-8")
    scratch.replace(folder / "done.json")
    shutil.rmtree(folder / "checkpoints", ignore_errors=True)
