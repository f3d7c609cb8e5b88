"""Does an exported adapter answer as the trained one does? Greedy answers of both, token for token, at the same precision.

Both hold the same base: transformers the GGUF weights dequantised, llama.cpp the very same numbers written out at f32, with
an f32 cache and without flash attention; what differs is then the adapter's conversion alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import NoParity

TOKENS = 16
LEAST = 0.95  # of the probes must agree
Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class Parity:
    """`agreed` of `probes` answers are equal over their first tokens; `first_apart` says where the first other one parts."""

    probes: int
    agreed: int
    first_apart: str = ""

    @property
    def share(self) -> float:
        return self.agreed / self.probes


def check(
    base: Path,
    adapter: Path,
    exported: Path,
    prompts: Sequence[str],
    *,
    quantised: bool = False,
    progress: Progress | None = None,
) -> Parity:
    """Compare on `prompts`. `quantised` asks llama.cpp with the base as it is in use, which may well differ.

    Raises:
        NoParity: fewer than `LEAST` agree (at f32), with the first place where they part.
    """
    tell = progress or _silent
    ids, ours, end = _by_transformers(base, adapter, prompts, tell)
    with tempfile.TemporaryDirectory(prefix="ayllu-parity-") as folder:
        model = base
        if not quantised:
            tell("writing the base at f32", 0, None)
            model = dequantised(base, Path(folder) / "base.gguf")
        theirs = [_until_end(one, end) for one in _by_llamacpp(model, exported, ids)]
    apart = [at for at, (one, other) in enumerate(zip(ours, theirs, strict=True)) if one != other]
    where = ""
    if apart:
        one, other = ours[apart[0]], theirs[apart[0]]
        place = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
        where = f"probe {apart[0] + 1}, token {place + 1}: {one[place : place + 3]} against {other[place : place + 3]}"
    found = Parity(len(prompts), len(prompts) - len(apart), where)
    if not quantised and found.share < LEAST:
        raise NoParity(
            f"The exported adapter answers otherwise than the trained one: {found.agreed} of {found.probes} probes agree"
            f" (first difference: {where}).",
            hint="Nothing was put to use. Update ayllu, or report this with the base model's name.",
        )
    return found


def dequantised(base: Path, out: Path) -> Path:
    """The GGUF `base` with every tensor at f32."""
    import gguf

    reader = gguf.GGUFReader(base)
    architecture = str(reader.fields["general.architecture"].contents())
    writer = gguf.GGUFWriter(out, architecture)
    for field in reader.fields.values():
        if field.name.startswith("GGUF.") or field.name in {"general.architecture", "general.file_type"}:
            continue
        kind = field.types[0]
        inner = field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, field.contents(), kind, inner)
    writer.add_file_type(0)  # all f32
    for tensor in reader.tensors:
        values = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
        writer.add_tensor(tensor.name, values.reshape([int(one) for one in reversed(tensor.shape)]))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return out


def _by_transformers(
    base: Path, adapter: Path, prompts: Sequence[str], tell: Progress
) -> tuple[list[list[int]], list[list[int]], int]:
    """The prompts' tokens, the greedy answers' tokens, and the token that ends an answer."""
    import torch
    from peft import PeftModel

    from ..methods import bases

    model, tokenizer = bases.loaded(base, "float32", "cpu")
    model = PeftModel.from_pretrained(model, str(adapter)).eval()
    ids = [list(tokenizer(prompt, add_special_tokens=False).input_ids) for prompt in prompts]
    answers = []
    for at, one in enumerate(ids, start=1):
        with torch.inference_mode():
            given = model.generate(
                torch.tensor([one]),
                attention_mask=torch.ones(1, len(one), dtype=torch.long),
                max_new_tokens=TOKENS,
                do_sample=False,
                pad_token_id=tokenizer.pad_token_id,
            )
        answers.append(_until_end(given[0, len(one) :].tolist(), tokenizer.eos_token_id))
        tell("asking the trained adapter", at, len(ids))
    return ids, answers, int(tokenizer.eos_token_id)


def _by_llamacpp(model: Path, exported: Path, ids: Sequence[Sequence[int]]) -> list[list[int]]:
    """The same of llama.cpp, in a process of its own: a native crash must not take the improvement with it."""
    request = {"model": str(model), "adapter": str(exported), "prompts": [list(one) for one in ids], "tokens": TOKENS}
    done = subprocess.run(
        [sys.executable, "-m", "ayllu.training.export.parity"],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONSAFEPATH": "1"},
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no words"])[-1]
        raise NoParity(
            f"llama.cpp could not load the exported adapter: {last[:200]}.",
            hint="Nothing was put to use; `--debug` shows more.",
        )
    answers: list[list[int]] = json.loads(done.stdout)
    return answers


def _until_end(ids: list[int], end: int) -> list[int]:
    return ids[: ids.index(end)] if end in ids else ids


def _serve() -> None:
    """Read one request on stdin; write the answers' tokens to stdout."""
    import urllib.request

    request: dict[str, Any] = json.loads(sys.stdin.read())
    say = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # native code prints to stdout
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = request["model"]
    params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(request["adapter"], 1.0)]
    params.n_ctx = 2048
    params.cache_type_k = params.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F32
    params.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
    params.hostnames, params.port, params.ui, params.offline = ["127.0.0.1"], 0, False, True
    params.n_gpu_layers = 0
    server = xllamacpp.Server(params)
    answers = []
    for prompt in request["prompts"]:
        body = {
            "prompt": prompt,
            "n_predict": request["tokens"],
            "temperature": 0,
            "return_tokens": True,
            "cache_prompt": False,
        }
        asked = urllib.request.Request(
            f"{server.listening_address}/completion", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(asked) as answer:  # loopback, to a server of our own
            answers.append(json.loads(answer.read())["tokens"])
    print(json.dumps(answers), file=say, flush=True)
    os._exit(0)


def _silent(label: str, done: int, total: int | None) -> None:
    """Nobody is watching."""


if __name__ == "__main__":
    _serve()
