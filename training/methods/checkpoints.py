"""What a run leaves while it goes on, so that it can be killed at any moment and taken up again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def same_run(folder: Path, now: Mapping[str, Any]) -> bool:
    """Whether what stands in `folder` is of the run that `now` describes; if not, it is cleared, and `now` noted."""
    mark = folder / "run.json"
    try:
        before = json.loads(mark.read_text("utf-8"))
    except (OSError, ValueError):
        before = None
    if before == now:
        return True
    folder.mkdir(parents=True, exist_ok=True)
    for stale in ("checkpoints", "adapter"):
        shutil.rmtree(folder / stale, ignore_errors=True)
    for stale in ("done.json", "adapter.gguf"):
        (folder / stale).unlink(missing_ok=True)
    mark.write_text(json.dumps(now), "utf-8")
    return False


def latest(work: Path) -> tuple[str | None, int]:
    """The latest whole checkpoint and its step; a kill may have left half of one, without the state that is written last."""
    whole: list[tuple[int, Path]] = []
    for one in work.glob("checkpoint-*"):
        try:
            whole.append((int(json.loads((one / "trainer_state.json").read_text("utf-8"))["global_step"]), one))
        except (OSError, ValueError, KeyError):
            shutil.rmtree(one, ignore_errors=True)
    return (str(max(whole)[1]), max(whole)[0]) if whole else (None, 0)


def finished(folder: Path) -> dict[str, Any] | None:
    """What a finished run noted in `folder`; the adapter is written before that is."""
    try:
        noted: dict[str, Any] = json.loads((folder / "done.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return noted


def finish(folder: Path, noted: Mapping[str, Any]) -> None:
    scratch = folder / ".done.json"
    scratch.write_text(json.dumps(noted), "utf-8")
    scratch.replace(folder / "done.json")
    shutil.rmtree(folder / "checkpoints", ignore_errors=True)
