"""TRL's trainer for our sequences: its settings, the loss of a device, and batches of about one length.

The loss is of the answers' tokens alone. On CUDA that is TRL's own: its fused head (TRL 1.16) projects only the positions
that have a label. Elsewhere the same code projects every position, and a step on two cores takes 10 seconds instead of 3; so
there the answers' positions are picked out here before the head sees them.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..progress import Progress
from .heads import answer_logits, is_plain_head
from .options import Hyperparameters
from .shared_prefix import TrainingSequence, collate

TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
_TOGETHER = ("qkv_proj", "gate_up_proj")  # as Phi has some of them
MIN_VALIDATED = 32  # examples, below which their loss is told and decides nothing: that of ten goes up and down
_CHECKPOINTS = 6  # over a run; each is validated where there is something to validate on
_PADDED = 32  # tokens: a CPU's kernels are made anew for each length of a batch
_PATIENCE = 2  # checkpoints without a better loss, after which training ends


def trainer_class(device: str) -> Any:
    """The trainer whose loss suits `device`, and which can be taken up again."""
    import torch
    from trl import SFTTrainer

    class Repeatable(SFTTrainer):  # type: ignore[misc] # its base is untyped
        """Batches of about one length, in an order that seed and epoch alone decide: transformers' sampler would draw from
        the global random state, and a run taken up in a later epoch would see some examples twice and others not.
        """

        order: Any = None  # a generator, seeded anew at each epoch

        def _get_train_sampler(self, *args: Any) -> Any:
            sampler = super()._get_train_sampler(*args)
            sampler.generator = self.order
            return sampler

    class AnswersOnly(Repeatable):
        """Picks out the answers' positions before the head: see the module."""

        def compute_loss(
            self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None, **more: Any
        ) -> Any:
            bare = model.get_base_model() if hasattr(model, "get_base_model") else model
            if not hasattr(bare, "lm_head") or not hasattr(bare, "model") or not is_plain_head(bare):
                return super().compute_loss(model, inputs, return_outputs, num_items_in_batch=num_items_in_batch, **more)
            labels = inputs["labels"][:, 1:]
            scored = labels != -100
            with self.accelerator.autocast():  # which wraps the whole model's forward, not its parts'
                read = bare.model(**{name: tensor for name, tensor in inputs.items() if name != "labels"}, use_cache=False)
                logits = answer_logits(bare, read.last_hidden_state[:, :-1][scored])
            loss = torch.nn.functional.cross_entropy(logits, labels[scored], reduction="sum")
            loss = loss / (scored.sum() if num_items_in_batch is None else num_items_in_batch)
            return (loss, {}) if return_outputs else loss

    return Repeatable if device == "cuda" else AnswersOnly


def tuned_parts(model: Any) -> list[str]:
    """The linear parts of the model's layers, by their last names."""
    names = {name.rpartition(".")[2] for name, _ in model.named_modules()}
    return [name for name in (*TARGETS, *_TOGETHER) if name in names]


def trainer_config(settings: Hyperparameters, folder: Path, updates: int, validated: int) -> Any:
    """TRL's settings for a run of so many `updates` an epoch, with so many examples to validate on."""
    from trl import SFTConfig

    steps = max(1, math.ceil(updates * settings.epochs))
    every = math.ceil(steps / _CHECKPOINTS)
    options: dict[str, Any] = {}
    if settings.device == "cpu":
        options["pad_to_multiple_of"] = _PADDED
    if validated:
        options |= {
            "eval_strategy": "steps",
            "eval_steps": every,
            "eval_delay": updates,  # nothing is learnt by heart before it is seen again
            "per_device_eval_batch_size": settings.batch,
            "prediction_loss_only": True,
        }
    if validated >= MIN_VALIDATED:
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
        dataset_kwargs={"skip_prepare_dataset": True},  # they are tokens already, with their labels
        remove_unused_columns=False,  # `collate` takes all
        train_sampling_strategy="group_by_length",
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


def build_trainer(
    model: Any,
    tokenizer: Any,
    config: Any,
    settings: Hyperparameters,
    learned: Sequence[TrainingSequence],
    validated: Sequence[TrainingSequence],
    progress: Progress,
    stop: threading.Event | None,
) -> Any:
    """A trainer of a LoRA on `learned`; once `stop` is set it writes a checkpoint after the step under way, and ends."""
    import torch
    from peft import LoraConfig
    from transformers import EarlyStoppingCallback, TrainerCallback

    order = torch.Generator()

    class Watch(TrainerCallback):  # type: ignore[misc] # its base is untyped
        def on_epoch_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            order.manual_seed(args.seed + int(state.epoch or 0))

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            progress("training", state.global_step, state.max_steps)
            if stop is not None and stop.is_set():
                control.should_save = control.should_training_stop = True
            elif validated and state.global_step >= state.max_steps:
                control.should_evaluate = True  # or what came after the last checkpoint could never be the best

    lora = LoraConfig(
        r=settings.rank,
        lora_alpha=settings.alpha,
        lora_dropout=0.0,
        target_modules=tuned_parts(model),
        task_type="CAUSAL_LM",
    )
    trainer = trainer_class(settings.device)(
        model=model,
        args=config,
        train_dataset=_dataset(learned),
        eval_dataset=_dataset(validated) if validated else None,
        data_collator=lambda rows: collate(rows, tokenizer.pad_token_id or 0, config.pad_to_multiple_of or 1),
        processing_class=tokenizer,
        peft_config=lora,
        callbacks=[Watch(), *([EarlyStoppingCallback(_PATIENCE)] if config.load_best_model_at_end else [])],
    )
    trainer.order = order
    for callback in list(trainer.callback_handler.callbacks):
        if type(callback).__name__ == "PrinterCallback":
            trainer.remove_callback(callback)
    return trainer


def _dataset(sequences: Sequence[TrainingSequence]) -> Any:
    from datasets import Dataset

    return Dataset.from_list([sequence.to_row() for sequence in sequences])
