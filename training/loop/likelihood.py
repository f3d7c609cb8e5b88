"""How likely a model finds the answers wanted: the mean log-probability of their tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..data.corrections import Example
from ..data.token_rows import cut, rows
from ..methods import bases

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


def likelihood(
    examples: Sequence[Example],
    base: Path,
    adapter: Path | None,
    device: str = "cpu",
    progress: Callable[[str, int, int | None], None] | None = None,
) -> Likelihood:
    """Of the completions of `examples`, under `base` with the PEFT adapter in a folder, or without one (float32)."""
    import torch

    model, tokenizer = bases.loaded(base, "float32", device)
    if adapter is not None:
        from peft import PeftModel

        model = PeftModel.from_pretrained(model, str(adapter)).get_base_model()
    model.eval()
    found, _ = cut(rows(examples, tokenizer, end=False), _LONGEST)
    found.sort(key=lambda row: len(row.ids))
    total = Likelihood()
    for at in range(0, len(found), _BATCH):
        part = found[at : at + _BATCH]
        longest = len(part[-1].ids)
        ids = torch.tensor([[*row.ids, *[0] * (longest - len(row.ids))] for row in part], device=device)
        there = torch.tensor([[1] * len(row.ids) + [0] * (longest - len(row.ids)) for row in part], device=device)
        with torch.inference_mode():
            seen = model.model(input_ids=ids, attention_mask=there, use_cache=False).last_hidden_state
            for one, row in zip(seen, part, strict=True):
                first = len(row.ids) - row.answer
                logits = model.lm_head(one[first - 1 : len(row.ids) - 1]).float()
                chosen = logits.log_softmax(-1).gather(1, torch.tensor(row.ids[first:], device=device)[:, None])
                total += Likelihood(float(chosen.sum()), row.answer)
        if progress is not None:
            progress("scoring the answers wanted", min(at + _BATCH, len(found)), len(found))
    return total
