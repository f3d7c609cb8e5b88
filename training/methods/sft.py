"""Supervised fine-tuning of a LoRA adapter, with TRL and PEFT, on the very model that answers.

The base is the GGUF in use, dequantised, so that nothing else has to be downloaded, or any Hugging Face model. Only the
answer's tokens count in the loss. Training writes a checkpoint now and then; run again with the same data, settings and
folder, it goes on from there. Where there are examples to validate on, it ends once they get no better, and the best stands;
but not before each example was learnt from once.

Sources: LoRA, Hu et al. 2021 (arXiv:2106.09685); TRL's `SFTTrainer`.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import hashlib
import json
import logging
import math
import os
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..data.token_rows import Row
from ..errors import ExtraMissing, Interrupted
from . import bases, checkpoints
from .hyperparameters import Settings
from .shared_prefix import Joined, batch, joined

log = logging.getLogger(__name__)
Progress = Callable[[str, int, int | None], None]
Curve = Sequence[tuple[int, float]]  # (step, loss)
TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
_CHECKPOINTS = 6  # over a run; each is validated where there is something to validate on
_ENOUGH = 32  # examples to validate on, below which their loss is told and decides nothing: that of ten goes up and down
_PADDED = 32  # tokens: a CPU's kernels are made anew for each length of a batch
_PATIENCE = 2  # checkpoints without a better loss, after which training ends


@dataclass(frozen=True, slots=True)
class Trained:
    """What a run left behind. `seconds` are those since it was last taken up."""

    folder: Path  # a PEFT adapter
    steps: int
    seconds: float
    train_loss: float
    eval_loss: float | None  # of the adapter kept
    tokens_per_second: float  # of the examples; what some share is counted for each
    peak_rss_bytes: int
    losses: Curve
    eval_losses: Curve = ()
    stopped_early: bool = False


def train(
    learnt: Sequence[Row],
    validated: Sequence[Row],
    base: Path,
    folder: Path,
    settings: Settings,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> Trained:
    """Train an adapter on `learnt` into `folder`; `base` is a GGUF file or a Hugging Face folder.

    Once `stop` is set, a checkpoint is written after the step under way, and training ends.

    Raises:
        ExtraMissing: the `train` extra is not installed.
        Interrupted: `stop` was set.
    """
    check_installed()
    import psutil
    import torch
    from transformers import set_seed

    data = hashlib.sha256(json.dumps([asdict(one) for one in (*learnt, *validated)]).encode()).hexdigest()
    # "joined": a run that was begun while each example was read alone has other steps
    now = {"data": data, "learnt": len(learnt), "base": str(base), "settings": asdict(settings), "joined": True}
    if checkpoints.same_run(folder, now) and (noted := checkpoints.finished(folder)) is not None:
        return _trained(folder, noted)
    if settings.device == "cpu":
        torch.set_num_threads(settings.threads or psutil.cpu_count(logical=False) or 1)
    model, tokenizer = bases.loaded(base, settings.weights_dtype, settings.device, four_bit=settings.four_bit)
    set_seed(settings.seed)  # only now: loading takes random numbers, and may be spared
    masked = model.config._attn_implementation == "sdpa"  # others take a mask of another form
    architecture = model.config.model_type if masked else ""
    sequences, held = (joined(rows, settings.max_tokens, architecture) for rows in (learnt, validated))
    updates = math.ceil(len(sequences) / (settings.batch * settings.accumulation))
    config = _config(settings, folder, updates, len(validated))
    trainer = _trainer(model, tokenizer, config, settings, sequences, held, progress or _silent, stop)
    taken_up, first = checkpoints.latest(folder / "checkpoints")
    began = time.perf_counter()
    trainer.train(resume_from_checkpoint=taken_up)
    if stop is not None and stop.is_set():
        raise Interrupted("The training was stopped.", hint="The same command goes on from where it was.")
    seconds = time.perf_counter() - began
    trainer.model.save_pretrained(folder / "adapter")
    steps, planned = int(trainer.state.global_step), max(trainer.state.max_steps, 1)
    seen = sum(len(row.ids) for row in learnt) * settings.epochs * (steps - first) / planned
    losses, eval_losses = (_curve(trainer.state.log_history, name) for name in ("loss", "eval_loss"))
    noted = {
        "steps": steps,
        "seconds": round(seconds, 1),
        "train_loss": sum(loss for _, loss in losses) / len(losses),
        "eval_loss": _kept(eval_losses, len(validated)),
        "tokens_per_second": round(seen / seconds, 1),
        "peak_rss_bytes": peak_rss_bytes(),
        "losses": losses,
        "eval_losses": eval_losses,
        "stopped_early": steps < planned,
    }
    checkpoints.finish(folder, noted)
    return _trained(folder, noted)


def check_installed() -> None:
    """Make the libraries of the `train` extra ready to be imported.

    Raises:
        ExtraMissing: one is not installed.
    """
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"  # TRL reports every trainer to the hub otherwise
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    os.environ["TQDM_DISABLE"] = "1"  # progress is shown by whoever asked
    warnings.filterwarnings("ignore", module=r"transformers|peft|trl|torch|huggingface_hub")
    try:
        import datasets
        import gguf
        import matplotlib
        import peft
        import torch
        import transformers
        import trl
    except ImportError as error:
        raise ExtraMissing("train", error) from error
    log.debug("training with %s", [one.__name__ for one in (datasets, gguf, matplotlib, peft, torch, transformers, trl)])
    datasets.disable_progress_bars()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()


def peak_rss_bytes() -> int:
    """The most memory that this process has held so far."""
    if sys.platform == "win32":
        import psutil

        return int(psutil.Process().memory_info().peak_wset)
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def give_back() -> None:
    """Return freed memory to the system, once a training is over: glibc keeps gigabytes, and the next takes as much anew."""
    gc.collect()
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):  # another C library
            ctypes.CDLL(None).malloc_trim(0)


def _trained(folder: Path, noted: Mapping[str, Any]) -> Trained:
    """What was `noted` at the end of the run in `folder`, perhaps read from JSON."""
    curves = {name: [(int(step), float(loss)) for step, loss in noted[name]] for name in ("losses", "eval_losses")}
    return Trained(**{**noted, **curves, "folder": folder / "adapter"})


def _kept(eval_losses: Curve, validated: int) -> float | None:
    """The loss of the adapter that is kept: of the best, or of the last where there was too little to choose by."""
    losses = [loss for _, loss in eval_losses]
    return (min(losses) if validated >= _ENOUGH else losses[-1]) if losses else None


def _config(settings: Settings, folder: Path, updates: int, validated: int) -> Any:
    """TRL's settings for a run of so many `updates` an epoch."""
    from trl import SFTConfig

    options: dict[str, Any] = {}
    if settings.device == "cpu":
        options["pad_to_multiple_of"] = _PADDED
    steps = max(1, math.ceil(updates * settings.epochs))
    every = math.ceil(steps / _CHECKPOINTS)
    if validated:
        options |= {
            "eval_strategy": "steps",
            "eval_steps": every,
            "eval_delay": updates,  # nothing is learnt by heart before it is seen again
            "per_device_eval_batch_size": settings.batch,
            "prediction_loss_only": True,
        }
    if validated >= _ENOUGH:
        options |= {
            "load_best_model_at_end": True,
            "metric_for_best_model": "eval_loss",
            "greater_is_better": False,
            "restore_callback_states_from_checkpoint": True,
        }
    return SFTConfig(
        **options,
        output_dir=str(folder / "checkpoints"),
        per_device_train_batch_size=settings.batch,
        gradient_accumulation_steps=settings.accumulation,
        num_train_epochs=settings.epochs,
        learning_rate=settings.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=max(1, steps // 20),
        logging_steps=max(1, steps // 40),
        save_steps=every,
        save_total_limit=2,  # of one, what is written on stopping would go where an earlier one is better
        max_length=None,  # they are cut already
        completion_only_loss=True,
        gradient_checkpointing=settings.checkpointing,
        gradient_checkpointing_kwargs={"use_reentrant": False} if settings.checkpointing else None,
        use_cpu=settings.device == "cpu",
        bf16=settings.dtype == "bfloat16",
        seed=settings.seed,
        data_seed=settings.seed,
        report_to="none",
        disable_tqdm=True,
        log_level="error",
        dataloader_pin_memory=False,
        dataset_num_proc=None,
    )


def _trainer(
    model: Any,
    tokenizer: Any,
    config: Any,
    settings: Settings,
    learnt: Sequence[Joined],
    validated: Sequence[Joined],
    tell: Progress,
    stop: threading.Event | None,
) -> Any:
    from peft import LoraConfig
    from transformers import EarlyStoppingCallback, TrainerCallback

    class Watch(TrainerCallback):  # type: ignore[misc] # its base is untyped
        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            tell("training", state.global_step, state.max_steps)
            if stop is not None and stop.is_set():
                control.should_save = control.should_training_stop = True
            elif validated and state.global_step >= state.max_steps:
                control.should_evaluate = True  # or what came after the last checkpoint could never be the best

    lora = LoraConfig(
        r=settings.rank, lora_alpha=settings.alpha, lora_dropout=0.0, target_modules=list(TARGETS), task_type="CAUSAL_LM"
    )
    trainer = _answers_only()(
        model=model,
        args=config,
        train_dataset=_dataset(learnt),
        eval_dataset=_dataset(validated) if validated else None,
        data_collator=lambda found: batch(found, tokenizer.pad_token_id or 0, config.pad_to_multiple_of or 1),
        processing_class=tokenizer,
        peft_config=lora,
        callbacks=[Watch(), *([EarlyStoppingCallback(_PATIENCE)] if config.load_best_model_at_end else [])],
    )
    for callback in list(trainer.callback_handler.callbacks):
        if type(callback).__name__ == "PrinterCallback":
            trainer.remove_callback(callback)
    return trainer


def _answers_only() -> Any:
    """A trainer that scores the answer's tokens alone: the prompt's logits would cost a third of a step."""
    import torch
    from transformers.trainer_pt_utils import get_length_grouped_indices
    from trl import SFTTrainer

    class ByLength(torch.utils.data.Sampler):  # type: ignore[misc] # its base is untyped
        """Batches of about one length, in an order that seed and epoch alone decide: transformers' own takes it from the
        state of the random generator, and a run taken up in a later epoch would see some examples twice and others not.
        """

        def __init__(self, trainer: Any) -> None:
            self._trainer = trainer
            self._lengths = [len(one) for one in trainer.train_dataset["input_ids"]]

        def __iter__(self) -> Iterator[int]:
            args, epoch = self._trainer.args, int(self._trainer.state.epoch or 0)
            order = torch.Generator().manual_seed(args.seed + epoch)
            batch = args.per_device_train_batch_size * args.gradient_accumulation_steps
            return iter(get_length_grouped_indices(self._lengths, batch, generator=order))

        def __len__(self) -> int:
            return len(self._lengths)

    class AnswersOnly(SFTTrainer):  # type: ignore[misc] # its base is untyped
        def _set_signature_columns_if_needed(self) -> None:
            self._signature_columns = ["input_ids", "labels", "positions", "branches"]  # what `batch` takes

        def _get_train_sampler(self, *_: Any) -> Any:
            return ByLength(self)

        def compute_loss(
            self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None, **more: Any
        ) -> Any:
            bare = model.get_base_model() if hasattr(model, "get_base_model") else model
            if not hasattr(bare, "lm_head") or not hasattr(bare, "model"):
                return super().compute_loss(model, inputs, return_outputs, num_items_in_batch=num_items_in_batch, **more)
            wanted = inputs["labels"][:, 1:]
            answered = wanted != -100
            with self.accelerator.autocast():  # which wraps the whole model's forward, not its parts'
                seen = bare.model(**{name: one for name, one in inputs.items() if name != "labels"}, use_cache=False)
                logits = bare.lm_head(seen.last_hidden_state[:, :-1][answered]).float()
            loss = torch.nn.functional.cross_entropy(logits, wanted[answered], reduction="sum")
            loss = loss / (answered.sum() if num_items_in_batch is None else num_items_in_batch)
            return (loss, {}) if return_outputs else loss

    return AnswersOnly


def _dataset(found: Sequence[Joined]) -> Any:
    from datasets import Dataset

    return Dataset.from_list(
        [
            {
                "input_ids": list(one.ids),
                "labels": list(one.labels),
                "positions": list(one.positions),
                "branches": list(one.branches),
            }
            for one in found
        ]
    )


def _curve(history: Sequence[Mapping[str, Any]], name: str) -> list[tuple[int, float]]:
    return [(int(one["step"]), round(float(one[name]), 5)) for one in history if name in one]


def _silent(label: str, done: int, total: int | None) -> None:
    """Nobody is watching."""
