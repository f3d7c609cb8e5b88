"""An adapter and nothing more: trained and exported, and kept as a candidate that nobody has measured."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ...feedback import FeedbackEvent, count_corrections
from ..methods import TrainingOptions, check_installed
from .adapter_folder import gather_folder, new_entry
from .bases import target_base
from .fit import fit_and_export
from .plan import make_plan
from .training_data import training_data
from .workspace import Workspace


async def train(
    events: Sequence[FeedbackEvent], workspace: Workspace, *, options: TrainingOptions, data: Path | None = None
) -> dict[str, Any]:
    """Train and export an adapter, and keep it; the contract's `train` object.

    `data` is a file or folder to learn from instead of the `events`; the log is left as it is. A tenth of the conversations
    is held out, for the loss alone.

    Raises:
        TooLittle, ExtraMissing, NoParity, Unsupported: as `improve`.
        ImportFailed, DataUnreadable: `data` holds nothing to learn from.
    """
    check_installed()
    base = await asyncio.to_thread(target_base, workspace, options.base)
    style = workspace.style if base.gguf is not None or workspace.target.base is not None else workspace.server_style
    examples, validated, card = await asyncio.to_thread(training_data, events, workspace, style, data, options.seed)
    plan = await asyncio.to_thread(make_plan, workspace, base, examples, validated, card, options)
    trained = await fit_and_export(workspace, plan)
    if trained.reason:
        workspace.announce(trained.reason)
    corrections = count_corrections(events) if data is None else workspace.registry.corrections_learned()
    entry = await asyncio.to_thread(new_entry, workspace, plan, corrections, reason="Not measured.")
    workspace.registry.add(entry, gather_folder(workspace, plan, entry.adapter_id, trained))
    shutil.rmtree(workspace.work / plan.folder, ignore_errors=True)
    return {
        "adapter_id": entry.adapter_id,
        **trained.figures(),
        "seconds": trained.run.seconds,
        "dataset": plan.card.to_json(),
        "settings": asdict(plan.settings),
        "base": base.name,
    }
