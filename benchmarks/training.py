"""What our training costs and gains over TRL used bare (run `python benchmarks/training.py [ROUNDS] [STEPS]`).

Three ways train the default model on the same examples, one after the other in each round: ours; TRL's `SFTTrainer` with the
very same settings; and with TRL's and PEFT's own defaults. No two of these examples share a passage; a fourth way is ours
where four do, as questions on one paragraph. The ratios are medians over the rounds of examples a second, each taken within
one round; loading the model is not counted. Ours should keep 0.97 of the bare script's with the same settings.
"""

import json
import random
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from ayllu import paths
from ayllu.agents import tuned_prompt_of
from ayllu.config import Settings as AylluSettings
from ayllu.models import ModelStore, load_base, load_tokenizer
from ayllu.retrieval import sample_documents
from ayllu.training.data import token_rows as tokens
from ayllu.training.data.corrections import Example
from ayllu.training.methods import sft
from ayllu.training.methods.hyperparameters import Settings, this_machine


def examples(count: int, sharing: int = 1) -> list[Example]:
    """Passages of about 130 words of the sample's documents, each asked `sharing` times for one of its words."""
    chance = random.Random(0)
    words = " ".join(sample_documents().values()).split()
    made = []
    passage: list[str] = []
    for at in range(count):
        if at % sharing == 0:
            first = chance.randrange(len(words) - 130)
            passage = words[first : first + 130]
        prompt = tuned_prompt_of(" ".join(passage), f"Which word is number {at % 100 + 1}?", None)
        made.append(Example(prompt, f" {passage[at % 100]}\n", str(at), str(at)))
    return made


def ours(made: list[Example], base: Path, settings: Settings, folder: Path) -> float:
    rows = tokens.rows(made, load_tokenizer(base))
    return sft.train(rows, [], base, folder, settings).seconds


def bare(made: list[Example], base: Path, config: object, lora: object) -> float:
    from datasets import Dataset
    from trl import SFTTrainer

    model, tokenizer = load_base(base, "float32", "cpu")
    data = Dataset.from_list([{"prompt": one.prompt, "completion": one.completion} for one in made])
    trainer = SFTTrainer(model=model, args=config, train_dataset=data, processing_class=tokenizer, peft_config=lora)
    began = time.perf_counter()
    trainer.train()
    return time.perf_counter() - began


def one_round(made: list[Example], base: Path, steps: int, first: int) -> dict[str, float]:
    """Seconds of each way; which comes first goes round."""
    from peft import LoraConfig
    from trl import SFTConfig

    shared = examples(len(made), sharing=4)
    settings = Settings(epochs=1, dtype="bfloat16" if this_machine("cpu").bfloat16 else "float32")
    lora = {"r": settings.rank, "lora_alpha": settings.alpha, "target_modules": list(sft.TARGETS)}
    with tempfile.TemporaryDirectory(prefix="ayllu-bench-") as name:
        folder = Path(name)
        same = sft._config(settings, folder / "same", steps, 0)
        same.train_sampling_strategy = "group_by_length"  # as ours does
        own = SFTConfig(
            output_dir=str(folder / "own"), num_train_epochs=1, use_cpu=True, report_to="none", disable_tqdm=True
        )
        ways = [
            ("ours", lambda: ours(made, base, settings, folder / "ours")),
            ("ours_sharing", lambda: ours(shared, base, replace(settings, batch=2), folder / "sharing")),
            ("same_settings", lambda: bare(made, base, same, LoraConfig(task_type="CAUSAL_LM", **lora))),
            ("own_defaults", lambda: bare(made, base, own, LoraConfig(task_type="CAUSAL_LM"))),
        ]
        return {kind: way() for kind, way in ways[first % 4 :] + ways[: first % 4]}


def main() -> None:
    rounds, steps = (int(one) for one in [*sys.argv[1:], *["3", "4"][len(sys.argv) - 1 :]])
    sft.check_installed()
    base = ModelStore(paths.find().models).ensure(AylluSettings().models.chat)
    made = examples(steps * Settings().batch)
    taken = [one_round(made, base, steps, at) for at in range(rounds)]

    def ratio(kind: str) -> float:
        return round(statistics.median(one[kind] / one["ours"] for one in taken), 3)

    rates = {kind: round(len(made) / statistics.median(one[kind] for one in taken), 3) for kind in taken[0]}
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
