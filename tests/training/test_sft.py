"""Training itself, on a tiny model: the loss, early stopping, being taken up again, and the same by the same seed."""

import platform
import threading
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from ayllu.models import load_tokenizer
from ayllu.training.data import token_rows as tokens
from ayllu.training.data.corrections import Example
from ayllu.training.errors import Interrupted
from ayllu.training.loop.likelihood import likelihood
from ayllu.training.methods import sft
from ayllu.training.methods.hyperparameters import Settings

WORDS = ["red", "blue", "green", "brown", "black", "white", "grey", "pink"]
SETTINGS = Settings(rank=4, alpha=8, learning_rate=0.02, epochs=4, batch=4, max_tokens=64, threads=1)


@pytest.fixture(autouse=True)
def quiet() -> None:
    sft.check_installed()  # what it says of warnings holds within one test


def examples(count: int) -> list[Example]:
    return [
        Example(f"Text: case {at} is {WORDS[at % 8]}\nAnswer:", f" {WORDS[at % 8]}\n", f"g{at}", f"e{at}")
        for at in range(count)
    ]


def rows(base: Path, made: list[Example]) -> list[tokens.Row]:
    return tokens.rows(made, load_tokenizer(base))


def weights(folder: Path) -> bytes:
    return (folder / "adapter" / "adapter_model.safetensors").read_bytes()


def test_it_learns_and_the_same_seed_gives_the_same_adapter(tiny: Path, tmp_path: Path) -> None:
    learnt = rows(tiny, examples(32))
    one, two = (sft.train(learnt, [], tiny, tmp_path / name, SETTINGS) for name in ("one", "two"))
    assert one.losses[-1][1] < one.losses[0][1] - 0.3
    assert one.steps == 32
    assert one.eval_loss is None
    assert weights(tmp_path / "one") == weights(tmp_path / "two")
    assert one.losses == two.losses
    other = sft.train(learnt, [], tiny, tmp_path / "other", replace(SETTINGS, seed=1))
    assert other.losses != one.losses


def test_a_stopped_run_is_taken_up_as_if_it_had_never_stopped(tiny: Path, tmp_path: Path) -> None:
    learnt, validated = rows(tiny, examples(32)), rows(tiny, examples(64)[32:])
    whole = sft.train(learnt, validated, tiny, tmp_path / "whole", SETTINGS)
    stop = threading.Event()

    def at_nine(label: str, done: int, total: int | None) -> None:
        if done >= 9:
            stop.set()

    with pytest.raises(Interrupted):
        sft.train(learnt, validated, tiny, tmp_path / "halved", SETTINGS, at_nine, stop)
    seen: list[int] = []
    halved = sft.train(learnt, validated, tiny, tmp_path / "halved", SETTINGS, lambda _, done, __: seen.append(done))
    assert seen[0] == 10
    assert halved.losses == whole.losses
    assert halved.eval_losses == whole.eval_losses
    assert weights(tmp_path / "halved") == weights(tmp_path / "whole")
    again = sft.train(learnt, validated, tiny, tmp_path / "halved", SETTINGS, lambda *_: pytest.fail("it was finished"))
    assert again == halved


def test_half_a_checkpoint_is_passed_over(tiny: Path, tmp_path: Path) -> None:
    learnt = rows(tiny, examples(32))
    stop = threading.Event()
    with pytest.raises(Interrupted):
        sft.train(learnt, [], tiny, tmp_path, SETTINGS, lambda _, done, __: stop.set() if done >= 9 else None, stop)
    torn = tmp_path / "checkpoints" / "checkpoint-20"
    torn.mkdir()
    (torn / "trainer_state.json").write_text('{"global_st')
    assert sft.train(learnt, [], tiny, tmp_path, SETTINGS).steps == 32


def test_it_ends_early_and_keeps_the_best(tiny: Path, tmp_path: Path) -> None:
    contrary = [replace(one, completion=one.completion.upper()) for one in examples(32)]
    done = sft.train(
        rows(tiny, examples(32)), rows(tiny, contrary), tiny, tmp_path, replace(SETTINGS, learning_rate=0.05, epochs=20)
    )
    assert done.stopped_early
    assert done.steps < 160
    assert done.eval_loss == min(loss for _, loss in done.eval_losses) < done.eval_losses[-1][1]
    tokenizer = load_tokenizer(tiny)
    with_end = [replace(one, completion=f"{one.completion}{tokenizer.eos_token}") for one in contrary]
    kept = likelihood(with_end, tiny, tmp_path / "adapter").mean
    assert kept == pytest.approx(-done.eval_loss, abs=0.05)  # the best one's, not the last one's


@pytest.mark.parametrize("epochs", [1, 0.5])
def test_it_does_not_end_before_each_example_was_seen(tiny: Path, tmp_path: Path, epochs: float) -> None:
    contrary = [replace(one, completion=one.completion.upper()) for one in examples(32)]
    settings = replace(SETTINGS, learning_rate=0.05, epochs=epochs, batch=2)
    done = sft.train(rows(tiny, examples(96)), rows(tiny, contrary), tiny, tmp_path, settings)
    assert not done.stopped_early
    assert done.steps == 48 * epochs
    assert [step for step, _ in done.eval_losses] == [done.steps]  # the last one's is told


def test_the_loss_on_a_few_decides_nothing(tiny: Path, tmp_path: Path) -> None:
    contrary = [replace(one, completion=one.completion.upper()) for one in examples(16)]
    settings = replace(SETTINGS, learning_rate=0.05, epochs=20)
    done = sft.train(rows(tiny, examples(32)), rows(tiny, contrary), tiny, tmp_path, settings)
    assert not done.stopped_early
    assert done.steps == 160
    assert done.eval_loss == done.eval_losses[-1][1] > min(loss for _, loss in done.eval_losses)


def test_batches_gathered_weigh_as_one_large_batch(tiny: Path, tmp_path: Path) -> None:
    learnt = rows(tiny, examples(32))
    once = sft.train(learnt, [], tiny, tmp_path / "once", replace(SETTINGS, batch=8))
    gathered = sft.train(learnt, [], tiny, tmp_path / "gathered", replace(SETTINGS, batch=2, accumulation=4))
    assert gathered.steps == once.steps
    assert [loss for _, loss in gathered.losses][:3] == pytest.approx([loss for _, loss in once.losses][:3], rel=0.05)


def test_activations_computed_twice_change_nothing(tiny: Path, tmp_path: Path) -> None:
    learnt = rows(tiny, examples(16))
    kept = sft.train(learnt, [], tiny, tmp_path / "kept", SETTINGS)
    twice = sft.train(learnt, [], tiny, tmp_path / "twice", replace(SETTINGS, checkpointing=True))
    assert [loss for _, loss in twice.losses] == pytest.approx([loss for _, loss in kept.losses], abs=1e-3)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is asked to")
def test_freed_memory_is_given_back() -> None:
    mine = psutil.Process()
    held = [bytes(60_000) for _ in range(4000)]  # each too small to be mapped by itself
    last = held.pop()
    del held
    before = mine.memory_info().rss
    sft.give_back()
    assert before - mine.memory_info().rss > 150_000_000
    assert len(last) == 60_000  # it lay above what was freed


def test_only_the_answer_is_learnt_and_long_prompts_lose_their_beginning(tiny: Path) -> None:
    tokenizer = load_tokenizer(tiny)
    raw, said = tokens.rows(
        [Example("Ask:", " yes\n", "g", "e"), Example([{"role": "user", "content": "Ask"}], "Yes", "g", "e")], tokenizer
    )
    assert tokenizer.decode(raw.ids[-raw.answer :]).replace(" ", "") == "yes\n<end>"
    assert tokenizer.decode(said.ids[-said.answer :]).replace(" ", "") == "Yes<end>"
    (short,), number = tokens.cut([raw], 7)
    assert number == 1
    assert short.ids == raw.ids[-7:]
    assert short.answer == raw.answer == 6


def test_answers_learnt_grow_likelier(tiny: Path, tmp_path: Path) -> None:
    made = examples(32)
    before = likelihood(made, tiny, None)
    sft.train(rows(tiny, made), [], tiny, tmp_path, SETTINGS)
    after = likelihood(made, tiny, tmp_path / "adapter")
    assert before.tokens == after.tokens == sum(len(one.completion) for one in made)
    assert after.mean is not None
    assert before.mean is not None
    assert after.mean > before.mean + 0.3
    halves = likelihood(made[:16], tiny, None) + likelihood(made[16:], tiny, None)
    assert halves.mean == pytest.approx(before.mean, abs=1e-4)
