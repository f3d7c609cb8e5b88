"""Supervised fine-tuning of a LoRA adapter, with TRL and PEFT, on the very model that answers.

The base is the GGUF in use, dequantised, so that nothing else has to be downloaded. Only the answer's tokens count in the
loss. Training writes a checkpoint now and then; run again with the same data, settings and folder, it goes on from there.

Sources: LoRA, Hu et al. 2021 (arXiv:2106.09685); TRL's `SFTTrainer`.
"""

from __future__ import annotations

import json
import logging
import math
import os
import shutil
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .datasets import Example, digest
from .errors import ExtraMissing, Interrupted

log = logging.getLogger(__name__)
Progress = Callable[[str, int, int | None], None]
TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
_CHECKPOINTS = 4  # over a run


@dataclass(frozen=True, slots=True)
class Settings:
    """How to train; what is not given is chosen by `chosen`."""

    rank: int = 16
    alpha: int = 32
    learning_rate: float = 5e-4
    epochs: float = 2.0
    batch: int = 8  # examples a step on the device
    accumulation: int = 1  # steps a weight update
    max_tokens: int = 1024  # longer examples are cut at the front
    dtype: str = "float32"
    device: str = "cpu"
    threads: int = 0  # 0: the physical cores
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Trained:
    """What a run left behind."""

    folder: Path  # a PEFT adapter
    steps: int
    seconds: float
    train_loss: float
    eval_loss: float | None
    tokens_per_second: float
    peak_rss_bytes: int
    losses: Sequence[tuple[int, float]]  # (step, loss)


def chosen(examples: Sequence[Example], **given: Any) -> Settings:
    """Settings for this machine and these examples; those `given` (and not `None`) stand."""
    import torch

    gpu = torch.cuda.is_available()
    known = {name: value for name, value in given.items() if value is not None}
    epochs = max(1.0, min(6.0, round(1500 / max(len(examples), 1))))  # few examples are seen more often
    own = {
        "device": "cuda" if gpu else "cpu",
        "dtype": "bfloat16" if gpu and torch.cuda.is_bf16_supported() else "float32",
        "batch": 32 if gpu else 8,
        "epochs": epochs,
    }
    return Settings(**{**own, **known})


def train(
    examples: Sequence[Example],
    held_out: Sequence[Example],
    base: Path,
    folder: Path,
    settings: Settings,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> Trained:
    """Train an adapter on `examples` into `folder`; `base` is a GGUF file or a Hugging Face folder.

    Once `stop` is set, a checkpoint is written after the step under way, and training ends.

    Raises:
        ExtraMissing: the `train` extra is not installed.
        Interrupted: `stop` was set.
    """
    check_installed()
    import psutil
    import torch
    from peft import LoraConfig
    from transformers import TrainerCallback, set_seed
    from trl import SFTConfig, SFTTrainer

    same = _same_run(folder, examples, base, settings)
    if same and (finished := _finished(folder)) is not None:
        return finished
    set_seed(settings.seed)
    if settings.device == "cpu":
        torch.set_num_threads(settings.threads or psutil.cpu_count(logical=False) or 1)
    model, tokenizer = load_base(base, settings.dtype, settings.device)
    work = folder / "checkpoints"
    steps_an_epoch = math.ceil(len(examples) / (settings.batch * settings.accumulation))
    total = max(1, round(steps_an_epoch * settings.epochs))
    tell = progress or _silent
    process, losses, peak = psutil.Process(), [], [0]

    class Watch(TrainerCallback):  # type: ignore[misc] # its base is untyped
        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            peak[0] = max(peak[0], process.memory_info().rss)
            tell("training", state.global_step, state.max_steps)
            if stop is not None and stop.is_set():
                control.should_save = control.should_training_stop = True

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
            if logs and "loss" in logs:
                losses.append((int(state.global_step), float(logs["loss"])))

    class Trainer(SFTTrainer):  # type: ignore[misc] # its base is untyped
        """Scores the answer's tokens alone: the vocabulary's logits of the prompt would cost a third of the step."""

        def compute_loss(self, model: Any, inputs: Any, return_outputs: bool = False, **more: Any) -> Any:
            bare = model.get_base_model() if hasattr(model, "get_base_model") else model
            if return_outputs or not hasattr(bare, "lm_head") or not hasattr(bare, "model"):
                return super().compute_loss(model, inputs, return_outputs, **more)
            wanted = inputs["labels"][:, 1:]
            seen = bare.model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"])
            answered = wanted != -100
            logits = bare.lm_head(seen.last_hidden_state[:, :-1][answered]).float()
            return torch.nn.functional.cross_entropy(logits, wanted[answered])

    by_length: dict[str, Any] = {"train_sampling_strategy": "group_by_length"}
    if "train_sampling_strategy" not in SFTConfig.__dataclass_fields__:
        by_length = {"group_by_length": True}  # transformers 4.57
    config = SFTConfig(
        **by_length,
        output_dir=str(work),
        per_device_train_batch_size=settings.batch,
        gradient_accumulation_steps=settings.accumulation,
        num_train_epochs=settings.epochs,
        learning_rate=settings.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=max(1, total // 20),
        logging_steps=max(1, total // 40),
        save_steps=max(1, total // _CHECKPOINTS),
        save_total_limit=1,
        max_length=settings.max_tokens,
        completion_only_loss=True,
        gradient_checkpointing=False,
        use_cpu=settings.device == "cpu",
        bf16=settings.dtype == "bfloat16" and settings.device != "cpu",
        seed=settings.seed,
        data_seed=settings.seed,
        report_to="none",
        disable_tqdm=True,
        log_level="error",
        dataloader_pin_memory=False,
        dataset_num_proc=None,
    )
    lora = LoraConfig(
        r=settings.rank, lora_alpha=settings.alpha, lora_dropout=0.0, target_modules=list(TARGETS), task_type="CAUSAL_LM"
    )
    trainer = Trainer(
        model=model,
        args=config,
        train_dataset=_dataset(examples),
        eval_dataset=_dataset(held_out) if held_out else None,
        processing_class=tokenizer,
        peft_config=lora,
        callbacks=[Watch()],
    )
    for callback in list(trainer.callback_handler.callbacks):
        if type(callback).__name__ == "PrinterCallback":
            trainer.remove_callback(callback)
    began = time.perf_counter()
    outcome = trainer.train(resume_from_checkpoint=_checkpoint(work))
    if stop is not None and stop.is_set():
        raise Interrupted("The training was stopped.", hint="The same command goes on from where it was.")
    seconds = time.perf_counter() - began
    evaluated = trainer.evaluate() if held_out else {}
    adapter = folder / "adapter"
    trainer.model.save_pretrained(adapter)
    seen = sum(len(row["input_ids"]) for row in trainer.train_dataset) * settings.epochs
    trained = Trained(
        adapter,
        int(trainer.state.global_step),
        round(seconds, 1),
        float(outcome.training_loss),
        float(evaluated["eval_loss"]) if evaluated else None,
        round(seen / seconds, 1),
        max(peak[0], process.memory_info().rss),
        losses,
    )
    (folder / "done.json").write_text(json.dumps({**asdict(trained), "folder": ""}), "utf-8")
    shutil.rmtree(work, ignore_errors=True)
    return trained


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


def load_base(base: Path, dtype: str, device: str) -> tuple[Any, Any]:
    """The model and tokenizer of a GGUF file (dequantised) or of a Hugging Face folder."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    source, more = (str(base.parent), {"gguf_file": base.name}) if base.suffix == ".gguf" else (str(base), {})
    tokenizer = AutoTokenizer.from_pretrained(source, **more)
    model = AutoModelForCausalLM.from_pretrained(source, dtype=getattr(torch, dtype), **more)
    if more:  # its weights are ordinary ones now, whatever transformers 5 still says of their origin
        model.is_quantized, model.hf_quantizer = False, None
        if hasattr(model.config, "quantization_config"):
            del model.config.quantization_config
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return model.to(device), tokenizer


def _dataset(examples: Sequence[Example]) -> Any:
    from datasets import Dataset

    return Dataset.from_list([{"prompt": one.prompt, "completion": one.completion} for one in examples])


def _same_run(folder: Path, examples: Sequence[Example], base: Path, settings: Settings) -> bool:
    """Whether what stands in `folder` is of this very run; if not, it is noted that the next one is."""
    mark = folder / "run.json"
    now = {"data": digest(examples), "base": base.name, "settings": asdict(settings)}
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


def _checkpoint(work: Path) -> str | None:
    """The latest whole checkpoint; a kill may have left half of one, without the state that is written last."""
    whole: list[tuple[int, Path]] = []
    for one in work.glob("checkpoint-*"):
        try:
            whole.append((int(json.loads((one / "trainer_state.json").read_text("utf-8"))["global_step"]), one))
        except (OSError, ValueError, KeyError):
            shutil.rmtree(one, ignore_errors=True)
    return str(max(whole)[1]) if whole else None


def _finished(folder: Path) -> Trained | None:
    """What a finished run left in `folder`; the adapter is written before `done.json` is."""
    try:
        done = json.loads((folder / "done.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return Trained(**{**done, "folder": folder / "adapter", "losses": [(step, loss) for step, loss in done["losses"]]})


def _silent(label: str, done: int, total: int | None) -> None:
    """Nobody is watching."""
