"""What our training costs and gains over TRL used bare (run `python benchmarks/training.py [ROUNDS] [STEPS]`).

Three scripts train the default model on the same examples, one after the other in each round: ours; TRL's `SFTTrainer` with
the very same settings; and with TRL's and PEFT's own defaults. No two of these examples share a passage; a fourth is ours
where four do, as questions on one paragraph. The ratios are medians over the rounds of examples a second, each taken within
one round; loading the model is not counted. Ours should keep 0.97 of the bare script's with the same settings.
"""

import argparse
import json
import random
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from ayllu import paths
from ayllu.agents import load_tuned_prompt
from ayllu.config import Settings as AylluSettings
from ayllu.models import ModelStore, load_base, load_tokenizer
from ayllu.retrieval import sample_documents
from ayllu.training.data import Example, token_rows
from ayllu.training.methods import Hyperparameters, check_installed, this_machine, train_sft
from ayllu.training.methods.trainer import TARGETS, trainer_config


def examples(count: int, on_a_passage: int = 1) -> list[Example]:
    """Passages of about 130 words of the sample's documents, each with so many questions for one of its words."""
    chance = random.Random(0)
    words = " ".join(sample_documents().values()).split()
    questions = []
    passage: list[str] = []
    for number in range(count):
        if number % on_a_passage == 0:
            first = chance.randrange(len(words) - 130)
            passage = words[first : first + 130]
        prompt = load_tuned_prompt(" ".join(passage), f"Which word is number {number % 100 + 1}?", None)
        questions.append(Example(prompt, f" {passage[number % 100]}\n", str(number), str(number)))
    return questions


def ours(data: list[Example], base: Path, settings: Hyperparameters, folder: Path) -> float:
    rows = token_rows(data, load_tokenizer(base))
    return train_sft(rows, [], base, folder, settings).seconds


def bare(data: list[Example], base: Path, config: object, lora: object) -> float:
    from datasets import Dataset
    from trl import SFTTrainer

    model, tokenizer = load_base(base, "float32", "cpu")
    rows = Dataset.from_list([{"prompt": example.prompt, "completion": example.completion} for example in data])
    trainer = SFTTrainer(model=model, args=config, train_dataset=rows, processing_class=tokenizer, peft_config=lora)
    began = time.perf_counter()
    trainer.train()
    return time.perf_counter() - began


def measure_round(data: list[Example], base: Path, steps: int, first: int) -> dict[str, float]:
    """Seconds of each kind; which comes first goes round."""
    from peft import LoraConfig
    from trl import SFTConfig

    joined = examples(len(data), on_a_passage=4)
    settings = Hyperparameters(epochs=1, dtype="bfloat16" if this_machine("cpu").bfloat16 else "float32")
    lora = {"r": settings.rank, "lora_alpha": settings.alpha, "target_modules": list(TARGETS)}
    with tempfile.TemporaryDirectory(prefix="ayllu-bench-") as name:
        folder = Path(name)
        same = trainer_config(settings, folder / "same", steps, 0)
        same.dataset_kwargs, same.remove_unused_columns = None, True  # it makes tokens of the texts itself
        own = SFTConfig(
            output_dir=str(folder / "own"), num_train_epochs=1, use_cpu=True, report_to="none", disable_tqdm=True
        )
        kinds = [
            ("ours", lambda: ours(data, base, settings, folder / "ours")),
            ("ours_sharing", lambda: ours(joined, base, replace(settings, batch=2), folder / "sharing")),
            ("same_settings", lambda: bare(data, base, same, LoraConfig(task_type="CAUSAL_LM", **lora))),
            ("own_defaults", lambda: bare(data, base, own, LoraConfig(task_type="CAUSAL_LM"))),
        ]
        return {kind: train() for kind, train in kinds[first % 4 :] + kinds[: first % 4]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rounds", metavar="ROUNDS", type=int, nargs="?", default=3)
    parser.add_argument("steps", metavar="STEPS", type=int, nargs="?", default=4)
    options = parser.parse_args()
    rounds, steps = options.rounds, options.steps
    check_installed()
    base = ModelStore(paths.find().models).ensure(AylluSettings().models.chat)
    data = examples(steps * Hyperparameters().batch)
    seconds = [measure_round(data, base, steps, number) for number in range(rounds)]

    def ratio(kind: str) -> float:
        return round(statistics.median(measured[kind] / measured["ours"] for measured in seconds), 3)

    rates = {kind: round(len(data) / statistics.median(measured[kind] for measured in seconds), 3) for kind in seconds[0]}
    print(
        json.dumps(
            {
                "ours_over_same_settings": ratio("same_settings"),
                "ours_over_own_defaults": ratio("own_defaults"),
                "ours_sharing_over_ours": round(1 / ratio("ours_sharing"), 3),
                "examples_per_second": rates,
                "rounds": rounds,
                "steps": steps,
            }
        )
    )


if __name__ == "__main__":
    main()
