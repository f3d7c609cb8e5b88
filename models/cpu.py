"""What this processor can do with int8 weights: which ready-made file fits, and how far our own may go."""

from __future__ import annotations

import platform
from functools import cache
from pathlib import Path


@cache
def flags() -> frozenset[str]:
    """The processor's feature flags as Linux lists them; empty elsewhere."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        return frozenset()
    line = next((line for line in lines if line.startswith(("flags", "Features"))), "")
    return frozenset(line.partition(":")[2].split())


def arm() -> bool:
    return platform.machine().lower() in {"arm64", "aarch64"}


def exact_int8() -> bool:
    """Whether 8-bit products are summed without saturation (Arm, or x86 with VNNI)."""
    return arm() or bool(flags() & {"avx512_vnni", "avx_vnni"})


def onnx_variant() -> str:
    """The suffix of the hub's quantised ONNX file that suits this processor."""
    if arm():
        return "qint8_arm64"
    if "avx512_vnni" in flags():
        return "qint8_avx512_vnni"
    return "qint8_avx512" if "avx512f" in flags() else "quint8_avx2"
