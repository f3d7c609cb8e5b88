"""How soon has a running model gone over to a promoted adapter, and back? (run `python benchmarks/swap.py [ADAPTER.gguf]`).

The next question waits for it: aim 2 s. Without a file, an adapter of zeros for all layers' query projections is made.
"""

import argparse
import asyncio
import json
import shutil
import statistics
import tempfile
import time
from pathlib import Path

import gguf
import numpy as np
from ayllu import paths
from ayllu.adapters import Adapter, AdapterRegistry
from ayllu.backends import RawRequest, open_backend
from ayllu.config import Settings
from ayllu.models import ModelStore

ROUNDS = 5


def write_zero_adapter(out: Path) -> None:
    writer = gguf.GGUFWriter(out, "llama")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", 16.0)
    for layer in range(30):
        for side, shape in (("a", (16, 576)), ("b", (576, 16))):
            writer.add_tensor(f"blk.{layer}.attn_q.weight.lora_{side}", np.zeros(shape, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


async def time_swaps(registry: AdapterRegistry) -> dict[str, float]:
    backend = open_backend("llamacpp", Settings(), ModelStore(paths.find().models), adapters=registry)
    assert backend.raw is not None
    request = RawRequest("The capital of France is", max_tokens=8)
    times = []
    try:
        await backend.start()
        untuned = (await backend.raw.complete(request)).text
        for _ in range(ROUNDS):
            for change in (lambda: registry.promote("a1"), lambda: registry.rollback(backend.model)):
                change()
                began = time.perf_counter()
                await backend.start()
                times.append(time.perf_counter() - began)
            assert (await backend.raw.complete(request)).text == untuned  # token for token
    finally:
        await backend.close()
    return {"median_s": round(statistics.median(times), 2), "slowest_s": round(max(times), 2), "swaps": len(times)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("adapter", metavar="ADAPTER.gguf", type=Path, nargs="?")
    adapter = parser.parse_args().adapter
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder) / "files"
        files.mkdir()
        if adapter is not None:
            shutil.copyfile(adapter, files / "adapter.gguf")
        else:
            write_zero_adapter(files / "adapter.gguf")
        registry = AdapterRegistry(Path(folder) / "adapters")
        registry.add(Adapter("a1", Settings().models.chat, "", "", "sft", "2026-01-01T00:00:00+00:00"), files)
        print(json.dumps(asyncio.run(time_swaps(registry))))


if __name__ == "__main__":
    main()
