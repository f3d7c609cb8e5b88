"""Does the adapter in llama.cpp answer as the trained one does? (run `python benchmarks/parity.py ADAPTER_ID [PROBES]`).

Greedy answers to prompts made of the log's corrections, over their first 16 tokens: with the base at f32 on both sides (aim:
0.95 equal), and with llama.cpp's base quantised as it is in use, against the same weights dequantised.
"""

import argparse
import json
import random

from ayllu import paths
from ayllu.adapters import AdapterRegistry
from ayllu.config import load
from ayllu.feedback import FeedbackLog
from ayllu.models import ModelStore
from ayllu.training import base_of, build_examples, collect_corrections
from ayllu.training.export import check_parity


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("adapter_id", metavar="ADAPTER_ID")
    parser.add_argument("probes", metavar="PROBES", type=int, nargs="?", default=50)
    options = parser.parse_args()
    adapter_id, probes = options.adapter_id, options.probes
    where = paths.find()
    registry, log = AdapterRegistry(where.adapters), FeedbackLog.open(where.feedback)
    adapter = registry.get(adapter_id)
    base = base_of(adapter, ModelStore(where.models), load(where.config).settings.models.chat)
    corrections, _ = collect_corrections(log.standing(), "span")
    prompts = [str(example.prompt) for example in build_examples(corrections, where.prompts)]
    sample = random.Random(0).sample(prompts, min(probes, len(prompts)))
    exported = registry.path(adapter_id)
    for quantized in (False, True):
        parity = check_parity(base, exported.parent / "peft", exported, sample, quantized=quantized)
        base_is = "quantised" if quantized else "f32"
        print(
            json.dumps({"base": base_is, "probes": parity.probes, "equal": parity.share, "first_apart": parity.first_apart})
        )


if __name__ == "__main__":
    main()
