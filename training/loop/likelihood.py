"""How likely a model finds the right answers: the mean log-probability of their tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..data import Example, TokenRow, cut_rows, token_rows
from ..methods import copy_model
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


def answer_likelihood(
    examples: Sequence[Example], base: Path, adapter: Path | None, device: str = "cpu", progress: Progress = silent
) -> Likelihood:
    """Of the completions of `examples`, under `base` with the PEFT adapter in a folder, or without one (float32)."""
    model, tokenizer = copy_model(base, "float32", device)
    if adapter is not None:
        from peft import PeftModel

        model = PeftModel.from_pretrained(model, str(adapter)).get_base_model()
    model.eval()
    rows, _ = cut_rows(token_rows(examples, tokenizer, end=False), _LONGEST)
    rows.sort(key=lambda row: len(row.ids))
    total = Likelihood()
    for at in range(0, len(rows), _BATCH):
        total += _batch_likelihood(model, rows[at : at + _BATCH], device)
        progress("scoring the answers wanted", min(at + _BATCH, len(rows)), len(rows))
    return total


def _batch_likelihood(model: Any, rows: Sequence[TokenRow], device: str) -> Likelihood:
    """Of rows whose longest comes last."""
    import torch

    longest = len(rows[-1].ids)
    padding = [longest - len(row.ids) for row in rows]
    ids = torch.tensor([[*row.ids, *[0] * short] for row, short in zip(rows, padding, strict=True)], device=device)
    mask = torch.tensor([[1] * (longest - short) + [0] * short for short in padding], device=device)
    total = Likelihood()
    with torch.inference_mode():
        states = model.model(input_ids=ids, attention_mask=mask, use_cache=False).last_hidden_state
        for state, row in zip(states, rows, strict=True):
            first = len(row.ids) - row.answer
            logits = model.lm_head(state[first - 1 : len(row.ids) - 1]).float()
            chosen = logits.log_softmax(-1).gather(1, torch.tensor(row.ids[first:], device=device)[:, None])
            total += Likelihood(float(chosen.sum()), row.answer)
    return total
