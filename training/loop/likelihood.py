"""How likely a model finds the right answers: the mean log-probability of their tokens."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..data import Example, TokenRow, cut_rows, token_rows
from ..methods import Hyperparameters, answer_logits, copy_model
from ..progress import Progress, silent

_BATCH = 8
_LONGEST = 2048  # tokens


@dataclass(frozen=True, slots=True)
class Likelihood:
    """Summed over `tokens` answer tokens; adds up over folds."""

    logprob: float = 0.0  # natural
    tokens: int = 0

    def __add__(self, other: Likelihood) -> Likelihood:
        return Likelihood(self.logprob + other.logprob, self.tokens + other.tokens)

    @property
    def mean(self) -> float | None:
        return self.logprob / self.tokens if self.tokens else None


def answer_likelihoods(
    examples: Sequence[Example],
    base: Path,
    adapter: Path | None,
    settings: Hyperparameters | None = None,
    progress: Progress = silent,
) -> dict[str, Likelihood]:
    """Of the completions of `examples`, by event, under `base` with the PEFT adapter in a folder, or without; on the device
    and in the precision of `settings`, or on the CPU in float32.
    """
    settings = settings or Hyperparameters()
    device = settings.device
    model, tokenizer = copy_model(base, settings.weights_dtype, device, four_bit=settings.four_bit)
    if adapter is not None:
        from peft import PeftModel

        model = PeftModel.from_pretrained(model, str(adapter)).get_base_model()
    model.eval()
    rows, _ = cut_rows(token_rows(examples, tokenizer, end=False), _LONGEST)
    named = sorted(zip((example.event_id for example in examples), rows, strict=True), key=lambda pair: len(pair[1].ids))
    totals: dict[str, Likelihood] = {}
    for at in range(0, len(named), _BATCH):
        batch = named[at : at + _BATCH]
        with _precision(settings):
            likelihoods = _batch_likelihoods(model, [row for _, row in batch], device)
        for (name, _), likelihood in zip(batch, likelihoods, strict=True):
            totals[name] = totals.get(name, Likelihood()) + likelihood
        progress("scoring the answers wanted", min(at + _BATCH, len(named)), len(named))
    return totals


def _precision(settings: Hyperparameters) -> AbstractContextManager[Any]:
    """As it was trained: a CPU's weights are float32, and multiplied in bfloat16 where that is faster."""
    import torch

    half = settings.dtype == "bfloat16"
    return torch.autocast(settings.device, torch.bfloat16) if half else nullcontext()


def _batch_likelihoods(model: Any, rows: Sequence[TokenRow], device: str) -> list[Likelihood]:
    """Of rows whose longest comes last."""
    import torch

    longest = len(rows[-1].ids)
    padding = [longest - len(row.ids) for row in rows]
    ids = torch.tensor([[*row.ids, *[0] * short] for row, short in zip(rows, padding, strict=True)], device=device)
    mask = torch.tensor([[1] * (longest - short) + [0] * short for short in padding], device=device)
    likelihoods: list[Likelihood] = []
    with torch.inference_mode():
        states = model.model(input_ids=ids, attention_mask=mask, use_cache=False).last_hidden_state
        for state, row in zip(states, rows, strict=True):
            first = len(row.ids) - row.answer
            logits = answer_logits(model, state[first - 1 : len(row.ids) - 1])
            chosen = logits.log_softmax(-1).gather(1, torch.tensor(row.ids[first:], device=device)[:, None])
            likelihoods.append(Likelihood(float(chosen.sum()), row.answer))
    return likelihoods
