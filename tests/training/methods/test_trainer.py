"""The trainer of each device: TRL's own loss on CUDA, ours elsewhere, and the same value of both."""

from dataclasses import replace
from pathlib import Path

import pytest
from ayllu.models import load_base
from ayllu.training.data import Example, token_rows
from ayllu.training.methods import Hyperparameters, check_installed, join_by_prefix, train_sft
from ayllu.training.methods.shared_prefix import TrainingSequence, collate
from ayllu.training.methods.trainer import build_trainer, trainer_class, trainer_config
from ayllu.training.progress import silent

SETTINGS = Hyperparameters(rank=4, alpha=8, learning_rate=0.02, epochs=1, batch=4, max_tokens=128, threads=1)


@pytest.fixture(autouse=True)
def quiet() -> None:
    check_installed()  # what it says of warnings holds within one test


def sequences(base: Path) -> list[TrainingSequence]:
    """Three passages with three questions each: read as three sequences."""
    _, tokenizer = load_base(base, "float32", "cpu")
    examples = [
        Example(f"Text: the {word} house stands by the old mill\nQuestion: {n}?\nAnswer:", f" {word}\n", word, f"{word}{n}")
        for word in ("red", "blue", "green")
        for n in range(3)
    ]
    return join_by_prefix(token_rows(examples, tokenizer), 128, "llama")


def test_on_cuda_the_loss_is_trls_own_and_elsewhere_ours() -> None:
    from trl import SFTTrainer

    assert trainer_class("cuda").compute_loss is SFTTrainer.compute_loss
    for device in ("cpu", "mps"):
        assert trainer_class(device).compute_loss is not SFTTrainer.compute_loss


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_batches_are_of_about_one_length_on_every_device(device: str, tmp_path: Path) -> None:
    config = trainer_config(replace(SETTINGS, device=device), tmp_path, 3, 0)
    assert config.train_sampling_strategy == "group_by_length"
    assert (config.use_cpu, config.pad_to_multiple_of) == ((True, 32) if device == "cpu" else (False, None))


def test_both_losses_are_the_same_and_so_are_their_gradients(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The choice for CUDA, computed on the CPU: with LoRA, and examples joined by their prefixes."""
    import torch
    from ayllu.training.methods import trainer as module

    rows = sequences(tiny)
    assert any(any(row.branches) for row in rows)
    results = []
    for device in ("cpu", "cuda"):
        model, tokenizer = load_base(tiny, "float32", "cpu")
        torch.manual_seed(0)
        chosen = trainer_class(device)
        monkeypatch.setattr(module, "trainer_class", lambda _, chosen=chosen: chosen)
        config = trainer_config(SETTINGS, tmp_path / device, 1, 0)
        trainer = build_trainer(model, tokenizer, config, SETTINGS, rows, [], silent, None)
        torch.manual_seed(0)
        for name, tensor in trainer.model.named_parameters():
            if "lora_B" in name:
                torch.nn.init.normal_(tensor, std=0.1)
        loss = trainer.compute_loss(trainer.model, collate([row.to_row() for row in rows], 0, 32))
        loss.backward()
        gradients = {name: tensor.grad for name, tensor in trainer.model.named_parameters() if tensor.grad is not None}
        results.append((loss.item(), gradients))
    (ours, our_gradients), (theirs, their_gradients) = results
    assert theirs == pytest.approx(ours, rel=1e-5)
    assert our_gradients.keys() == their_gradients.keys()
    for name, gradient in our_gradients.items():
        assert torch.allclose(gradient, their_gradients[name], atol=1e-5), name


@pytest.mark.slow
def test_the_loss_of_cuda_learns_and_is_taken_up_where_it_was(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    from ayllu.training.errors import Interrupted
    from ayllu.training.methods import trainer as module

    monkeypatch.setattr(module, "trainer_class", lambda _: trainer_class("cuda"))
    _, tokenizer = load_base(tiny, "float32", "cpu")
    examples = [Example(f"Case {n}\nAnswer:", f" {'ab'[n % 2]}\n", f"g{n}", f"e{n}") for n in range(16)]
    rows, settings = token_rows(examples, tokenizer), replace(SETTINGS, epochs=3)
    unbroken = train_sft(rows, [], tiny, tmp_path / "unbroken", settings)
    assert unbroken.losses[-1][1] < unbroken.losses[0][1]
    stop = threading.Event()
    with pytest.raises(Interrupted):
        train_sft(rows, [], tiny, tmp_path / "broken", settings, lambda _, done, __: stop.set() if done >= 6 else None, stop)
    assert train_sft(rows, [], tiny, tmp_path / "broken", settings).losses == unbroken.losses
