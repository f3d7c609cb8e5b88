"""Supervised fine-tuning of a LoRA adapter, with TRL and PEFT, on the very model that answers.

The base is the GGUF in use, dequantised, so that nothing else has to be downloaded, or any Hugging Face model. Only the
answer's tokens count in the loss. Training writes a checkpoint now and then; run again with the same data, settings and
folder, it goes on from there. Where there are examples to validate on, it ends once they get no better, and the best stands;
but not before each example was learnt from once.

Sources: LoRA, Hu et al. 2021 (arXiv:2106.09685); TRL's `SFTTrainer`.
"""

from __future__ import annotations

import hashlib
import json
import math
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..data import TokenRow
from ..errors import Interrupted
from ..progress import Progress, silent
from .base_models import copy_model
from .checkpoints import finish_run, finished_run, latest_checkpoint, same_run
from .libraries import check_installed
from .memory import peak_rss_bytes
from .options import Hyperparameters
from .shared_prefix import join_by_prefix
from .trainer import MIN_VALIDATED, build_trainer, trainer_config

Curve = Sequence[tuple[int, float]]  # (step, loss)


@dataclass(frozen=True, slots=True)
class TrainingRun:
    """What a run left behind. `seconds` are those since it was last taken up."""

    folder: Path  # a PEFT adapter
    steps: int
    seconds: float
    train_loss: float
    eval_loss: float | None  # of the adapter kept
    tokens_per_second: float  # of the examples; what is common to some is counted for each
    peak_rss_bytes: int
    losses: Curve
    eval_losses: Curve = ()
    stopped_early: bool = False


def train_sft(
    learned: Sequence[TokenRow],
    validated: Sequence[TokenRow],
    base: Path,
    folder: Path,
    settings: Hyperparameters,
    progress: Progress = silent,
    stop: threading.Event | None = None,
) -> TrainingRun:
    """Train an adapter on `learned` into `folder`; `base` is a GGUF file or a Hugging Face folder.

    Once `stop` is set, a checkpoint is written after the step under way, and training ends.

    Raises:
        ExtraMissing: the `train` extra is not installed.
        Interrupted: `stop` was set.
    """
    check_installed()
    if same_run(folder, _description(learned, validated, base, settings)):
        noted = finished_run(folder)
        if noted is not None:
            return _run(folder, noted)
    trainer = _trainer(learned, validated, base, folder, settings, progress, stop)
    checkpoint, first = latest_checkpoint(folder / "checkpoints")
    began = time.perf_counter()
    trainer.train(resume_from_checkpoint=checkpoint)
    if stop is not None and stop.is_set():
        raise Interrupted("The training was stopped.", hint="The same command goes on from where it was.")
    seconds = time.perf_counter() - began
    trainer.model.save_pretrained(folder / "peft")
    steps, planned = int(trainer.state.global_step), max(trainer.state.max_steps, 1)
    tokens = sum(len(row.ids) for row in learned) * settings.epochs * (steps - first) / planned
    losses, eval_losses = (_curve(trainer.state.log_history, name) for name in ("loss", "eval_loss"))
    noted = {
        "steps": steps,
        "seconds": round(seconds, 1),
        "train_loss": sum(loss for _, loss in losses) / len(losses),
        "eval_loss": _kept(eval_losses, len(validated)),
        "tokens_per_second": round(tokens / seconds, 1),
        "peak_rss_bytes": peak_rss_bytes(),
        "losses": losses,
        "eval_losses": eval_losses,
        "stopped_early": steps < planned,
    }
    finish_run(folder, noted)
    return _run(folder, noted)


def _description(
    learned: Sequence[TokenRow], validated: Sequence[TokenRow], base: Path, settings: Hyperparameters
) -> dict[str, Any]:
    """What makes two runs the same."""
    data = hashlib.sha256(json.dumps([asdict(row) for row in (*learned, *validated)]).encode()).hexdigest()
    # "joined": a run that was begun while each example was read alone has other steps
    return {
        "data": data,
        "learnt": len(learned),
        "base": str(base),
        "settings": asdict(settings),
        "joined": True,
        "form": "peft",
    }


def _trainer(
    learned: Sequence[TokenRow],
    validated: Sequence[TokenRow],
    base: Path,
    folder: Path,
    settings: Hyperparameters,
    progress: Progress,
    stop: threading.Event | None,
) -> Any:
    import psutil
    import torch
    from transformers import set_seed

    if settings.device == "cpu":
        torch.set_num_threads(settings.threads or psutil.cpu_count(logical=False) or 1)
    model, tokenizer = copy_model(base, settings.weights_dtype, settings.device, four_bit=settings.four_bit)
    set_seed(settings.seed)  # only now: loading takes random numbers, and may be spared
    masked = model.config._attn_implementation == "sdpa"  # others take a mask of another form
    architecture = model.config.model_type if masked else ""
    sequences, held_out = (join_by_prefix(rows, settings.max_tokens, architecture) for rows in (learned, validated))
    updates = math.ceil(len(sequences) / (settings.batch * settings.accumulation))
    config = trainer_config(settings, folder, updates, len(validated))
    return build_trainer(model, tokenizer, config, settings, sequences, held_out, progress, stop)


def _run(folder: Path, noted: Mapping[str, Any]) -> TrainingRun:
    """What was `noted` at the end of the run in `folder`, perhaps read from JSON."""
    curves = {name: [(int(step), float(loss)) for step, loss in noted[name]] for name in ("losses", "eval_losses")}
    return TrainingRun(**{**noted, **curves, "folder": folder / "peft"})


def _kept(eval_losses: Curve, validated: int) -> float | None:
    """The loss of the adapter that is kept: of the best, or of the last where there was too little to choose by."""
    losses = [loss for _, loss in eval_losses]
    return (min(losses) if validated >= MIN_VALIDATED else losses[-1]) if losses else None


def _curve(history: Sequence[Mapping[str, Any]], name: str) -> list[tuple[int, float]]:
    return [(int(entry["step"]), round(float(entry[name]), 5)) for entry in history if name in entry]
