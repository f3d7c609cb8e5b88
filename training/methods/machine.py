"""Where it is trained: the device, its memory, and what it computes fast in."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import UsageError


@dataclass(frozen=True, slots=True)
class Machine:
    """`free_bytes` is of the device's own memory."""

    device: str
    free_bytes: int
    bfloat16: bool  # multiplies matrices in it faster than in float32
    four_bit: bool  # bitsandbytes is there


def this_machine(device: str | None = None) -> Machine:
    """What is here; a CUDA GPU is taken where there is one, unless `device` is named.

    Raises:
        UsageError: the named device is not here.
    """
    import importlib.util

    import psutil
    import torch

    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    chosen = device or ("cuda" if available["cuda"] else "cpu")
    if not available.get(chosen, False):
        names = ", ".join(name for name, here in available.items() if here)
        raise UsageError(f"There is no device `{chosen}` here.", hint=f"There is: {names}.")
    free = torch.cuda.mem_get_info()[0] if chosen == "cuda" else psutil.virtual_memory().available
    matrices: dict[str, object] = getattr(torch.cpu, "get_capabilities", dict)()  # torch 2.13 and newer can say
    fast = chosen == "cpu" and any(matrices.get(name) for name in ("amx_bf16", "avx512_bf16"))
    bfloat16 = torch.cuda.is_bf16_supported() if chosen == "cuda" else fast
    return Machine(chosen, int(free), bool(bfloat16), importlib.util.find_spec("bitsandbytes") is not None)
