"""A plan carried out: trained, exported, and compared with what was trained."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from ..data import cut_rows, prompt_text, token_rows
from ..errors import Interrupted, NoParity, Unsupported
from ..export import Parity, check_parity, ensure_converted, family_of
from ..methods import TrainingRun, base_config, copy_tokenizer, release_memory, train_sft
from ..progress import Progress
from .plan import Plan
from .workspace import Workspace

T = TypeVar("T")
PROBES = 3  # each architecture's export is held to more by a test
_PEFT_ALONE = "It is kept in PEFT's form, which transformers, vLLM and TGI load."
MOST_PROBES = 40  # where one of the few is answered otherwise


@dataclass(frozen=True, slots=True)
class TrainedAdapter:
    """An adapter, trained and exported. `parity`: `None` where there is no GGUF to check it with, for the `reason`."""

    run: TrainingRun
    exported: Path | None
    parity: Parity | None
    reason: str = ""

    def figures(self) -> dict[str, Any]:
        """What is told of a training, by `train` and by `improve`."""
        return {
            "steps": self.run.steps,
            "train_loss": round(self.run.train_loss, 4),
            "eval_loss": self.run.eval_loss,
            "tokens_per_second": self.run.tokens_per_second,
            "peak_rss_bytes": self.run.peak_rss_bytes,
            "stopped_early": self.run.stopped_early,
            "parity": {"probes": self.parity.probes, "agreed": self.parity.agreed} if self.parity else None,
            "losses": [list(point) for point in self.run.losses],
        }


async def fit(plan: Plan, folder: Path, progress: Progress) -> TrainingRun:
    """Train in a thread; where this task is cancelled, the thread writes a checkpoint and ends first."""
    return await _in_thread(lambda stop: _train(plan, folder, progress, stop))


async def fit_and_export(workspace: Workspace, plan: Plan) -> TrainedAdapter:
    """Train, export, and see that what was exported answers as what was trained.

    Raises:
        NoParity: it does not.
    """
    run = await fit(plan, workspace.work / plan.folder / "whole", workspace.progress)
    try:
        family = family_of(base_config(plan.base.path))
        exported = await asyncio.to_thread(ensure_converted, run.folder, plan.base.path)
    except Unsupported as error:
        return TrainedAdapter(run, None, None, f"{error.message} {_PEFT_ALONE}")
    if (reason := _why_not_compared(plan)) is not None:
        return TrainedAdapter(run, exported, None, reason)
    assert plan.base.gguf is not None
    tokenizer = await asyncio.to_thread(copy_tokenizer, plan.base.path)
    probes = [prompt_text(example, tokenizer) for example in plan.examples[:MOST_PROBES]]
    check = partial(check_parity, plan.base.gguf, run.folder, exported, progress=workspace.progress)
    try:
        return TrainedAdapter(run, exported, await asyncio.to_thread(probe_export, check, probes))
    except NoParity as error:
        if family.tested and workspace.target.form == "gguf":
            raise
        exported.unlink()
        return TrainedAdapter(run, None, None, f"{error.message} {_PEFT_ALONE}")


def _why_not_compared(plan: Plan) -> str | None:
    """Why llama.cpp's answers with the adapter cannot be held against transformers'; `None`: they can."""
    if plan.base.gguf is None:
        return f"There is no GGUF of {plan.base.name} here to check the exported adapter with."
    try:
        base_config(plan.base.gguf)
    except Unsupported as error:
        return f"The exported adapter is not checked: {error.message}"
    return None


def probe_export(check: Callable[[Sequence[str]], Parity], probes: Sequence[str]) -> Parity:
    """The word of a few probes; of all, where one of the few is answered otherwise: two tokens may be equally likely.

    Raises:
        NoParity: too many of all are answered otherwise.
    """
    try:
        return check(probes[:PROBES])
    except NoParity:
        if len(probes) <= PROBES:
            raise
        return check(probes)


async def _in_thread(work: Callable[[threading.Event], T]) -> T:
    """Where this task is cancelled, the work is told to stop, and ends first. What it took of memory is given back."""
    stop = threading.Event()
    running = asyncio.ensure_future(asyncio.to_thread(work, stop))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        stop.set()
        with contextlib.suppress(Interrupted):
            await running
        raise
    finally:
        await asyncio.to_thread(release_memory)


def _train(plan: Plan, folder: Path, progress: Progress, stop: threading.Event) -> TrainingRun:
    tokenizer = copy_tokenizer(plan.base.path)
    learned, validated = (
        cut_rows(token_rows(examples, tokenizer), plan.settings.max_tokens)[0]
        for examples in (plan.examples, plan.validated)
    )
    return train_sft(learned, validated, plan.base.path, folder, plan.settings, progress, stop)
