"""What an adapter's folder holds beside its weights, and the entry under which the registry keeps it."""

from __future__ import annotations

import json
import logging
import shutil
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ...adapters import Adapter, write_learned
from ...models import sha256
from .fit import TrainedAdapter
from .plan import Plan
from .workspace import Workspace

log = logging.getLogger(__name__)
_LEARNED_FROM = "learnt_from.json"


def new_entry(workspace: Workspace, plan: Plan, events: int, **more: Any) -> Adapter:
    """The adapter's lineage, for the registry; `events` are the corrections that there were."""
    active = workspace.registry.active(plan.base.name)
    base = plan.base.path
    weights = base if base.is_file() else min(base.glob("*.safetensors"), default=None)
    return Adapter(
        adapter_id=workspace.registry.new_id(),
        base=plan.base.name,
        base_sha256=sha256(weights) if weights is not None else "",
        dataset_sha256=plan.card.sha256,
        method="sft",
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        parent=active.adapter_id if active else None,
        settings=asdict(plan.settings),
        events=events,
        **more,
    )


def gather_folder(
    workspace: Workspace, plan: Plan, adapter_id: str, trained: TrainedAdapter, threshold: float | None = None
) -> Path:
    """What belongs to an adapter, in one folder beside the registry; with the critic's `threshold`."""
    folder = workspace.work / f"{adapter_id}.whole"
    folder.mkdir(parents=True)
    write_learned(folder, replace(plan.extras, threshold=threshold))
    (folder / _LEARNED_FROM).write_text(json.dumps(plan.learned_from), "utf-8")
    if trained.exported is not None:
        shutil.copy2(trained.exported, folder / "adapter.gguf")
    shutil.copytree(trained.run.folder, folder / "peft")
    return folder


def read_learned_from(folder: Path) -> frozenset[str] | None:
    """What the adapter in `folder` has learnt from, as `Plan.learned_from`; `None` where that was not written down."""
    try:
        return frozenset(map(str, json.loads((folder / _LEARNED_FROM).read_text("utf-8"))))
    except (OSError, ValueError, TypeError):
        log.info("%s does not say what its adapter has learnt from", folder, exc_info=True)
        return None
