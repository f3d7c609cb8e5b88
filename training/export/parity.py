"""Does an exported adapter answer as the trained one does? Greedy answers of both, token for token, at the same precision.

Both hold the same base: transformers the GGUF weights dequantised, llama.cpp the very same numbers written out at f32; what
differs is then the adapter's conversion alone. A test holds each architecture's conversion to it; a few probes at run time
see that nothing went wrong with this adapter.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import NoParity
from ..methods import copy_model
from ..progress import Progress, silent
from .dequantized import write_dequantized
from .llamacpp_answers import llamacpp_answers

TOKENS = 16
MIN_SHARE = 0.95  # of the probes must agree


@dataclass(frozen=True, slots=True)
class Parity:
    """`agreed` of `probes` answers are equal over their first tokens; `first_apart` says where the first other one parts."""

    probes: int
    agreed: int
    first_apart: str = ""

    @property
    def share(self) -> float:
        return self.agreed / self.probes


def check_parity(
    base: Path,
    adapter: Path,
    converted: Path,
    prompts: Sequence[str],
    *,
    quantized: bool = False,
    progress: Progress = silent,
) -> Parity:
    """Compare the PEFT folder `adapter` with the GGUF `converted` on `prompts`, over the GGUF `base`.

    `quantized` asks llama.cpp with the base as it is in use, which may well differ.

    Raises:
        NoParity: fewer than `MIN_SHARE` agree (at f32), with the first place where they part.
    """
    ids, trained, end = _transformers_answers(base, adapter, prompts, progress)
    with tempfile.TemporaryDirectory(prefix="ayllu-parity-") as folder:
        model = base
        if not quantized:
            progress("writing the base at f32", 0, None)
            model = write_dequantized(base, Path(folder) / "base.gguf")
        exported = [_until_end(answer, end) for answer in llamacpp_answers(model, converted, ids, TOKENS)]
    parity = compare_answers(trained, exported)
    if not quantized and parity.share < MIN_SHARE:
        raise NoParity(
            f"The exported adapter answers otherwise than the trained one: {parity.agreed} of {parity.probes} probes agree"
            f" (first difference: {parity.first_apart}).",
            hint="Nothing was put to use. Update ayllu, or report this with the base model's name.",
        )
    return parity


def compare_answers(trained: Sequence[Sequence[int]], exported: Sequence[Sequence[int]]) -> Parity:
    """How many answers (token ids) are equal."""
    pairs = list(zip(trained, exported, strict=True))
    apart = [at for at, (expected, actual) in enumerate(pairs) if expected != actual]
    if not apart:
        return Parity(len(pairs), len(pairs))
    expected, actual = pairs[apart[0]]
    shortest = min(len(expected), len(actual))
    place = next((at for at in range(shortest) if expected[at] != actual[at]), shortest)
    difference = f"{list(expected[place : place + 3])} against {list(actual[place : place + 3])}"
    return Parity(len(pairs), len(pairs) - len(apart), f"probe {apart[0] + 1}, token {place + 1}: {difference}")


def _transformers_answers(
    base: Path, adapter: Path, prompts: Sequence[str], progress: Progress
) -> tuple[list[list[int]], list[list[int]], int]:
    """The prompts' tokens, the greedy answers' tokens, and the token that ends an answer."""
    import torch
    from peft import PeftModel

    model, tokenizer = copy_model(base, "float32", "cpu")
    model = PeftModel.from_pretrained(model, str(adapter)).eval()
    ids = [list(tokenizer(prompt, add_special_tokens=False).input_ids) for prompt in prompts]
    answers = []
    for at, prompt in enumerate(ids, start=1):
        with torch.inference_mode():
            output = model.generate(
                torch.tensor([prompt]),
                attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
                max_new_tokens=TOKENS,
                do_sample=False,
                pad_token_id=tokenizer.pad_token_id,
            )
        answers.append(_until_end(output[0, len(prompt) :].tolist(), tokenizer.eos_token_id))
        progress("asking the trained adapter", at, len(ids))
    return ids, answers, int(tokenizer.eos_token_id)


def _until_end(ids: list[int], end: int) -> list[int]:
    return ids[: ids.index(end)] if end in ids else ids
