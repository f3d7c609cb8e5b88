"""Training itself, on a tiny model: the loss, early stopping, being taken up again, and the same by the same seed."""

import platform
import threading
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from ayllu.models import load_tokenizer
from ayllu.training.data import Example, TokenRow, cut_rows, token_rows
from ayllu.training.errors import Interrupted
from ayllu.training.loop.likelihood import Likelihood, answer_likelihoods
from ayllu.training.methods import Hyperparameters, check_installed, release_memory, train_sft

WORDS = ["red", "blue", "green", "brown", "black", "white", "grey", "pink"]
SETTINGS = Hyperparameters(rank=4, alpha=8, learning_rate=0.02, epochs=4, batch=4, max_tokens=64, threads=1)


@pytest.fixture(autouse=True)
def quiet() -> None:
    check_installed()  # what it says of warnings holds within one test


def examples(count: int) -> list[Example]:
    return [
        Example(f"Text: case {at} is {WORDS[at % 8]}\nAnswer:", f" {WORDS[at % 8]}\n", f"g{at}", f"e{at}")
        for at in range(count)
    ]


def rows(base: Path, examples: list[Example]) -> list[TokenRow]:
    return token_rows(examples, load_tokenizer(base))


def weights(folder: Path) -> bytes:
    return (folder / "peft" / "adapter_model.safetensors").read_bytes()


@pytest.mark.slow
def test_it_learns_and_the_same_seed_gives_the_same_adapter(tiny: Path, tmp_path: Path) -> None:
    learned = rows(tiny, examples(32))
    first, second = (train_sft(learned, [], tiny, tmp_path / name, SETTINGS) for name in ("first", "second"))
    assert first.losses[-1][1] < first.losses[0][1] - 0.3
    assert first.steps == 32
    assert first.eval_loss is None
    assert weights(tmp_path / "first") == weights(tmp_path / "second")
    assert first.losses == second.losses
    other = train_sft(learned, [], tiny, tmp_path / "other", replace(SETTINGS, seed=1))
    assert other.losses != first.losses


@pytest.mark.slow
def test_a_stopped_run_is_taken_up_as_if_it_had_never_stopped(tiny: Path, tmp_path: Path) -> None:
    learned, validated = rows(tiny, examples(32)), rows(tiny, examples(64)[32:])
    unbroken = train_sft(learned, validated, tiny, tmp_path / "unbroken", SETTINGS)
    stop = threading.Event()

    def at_nine(label: str, done: int, total: int | None) -> None:
        if done >= 9:
            stop.set()

    with pytest.raises(Interrupted):
        train_sft(learned, validated, tiny, tmp_path / "halved", SETTINGS, at_nine, stop)
    seen: list[int] = []
    halved = train_sft(learned, validated, tiny, tmp_path / "halved", SETTINGS, lambda _, done, __: seen.append(done))
    assert seen[0] == 10
    assert halved.losses == unbroken.losses
    assert halved.eval_losses == unbroken.eval_losses
    assert weights(tmp_path / "halved") == weights(tmp_path / "unbroken")
    again = train_sft(learned, validated, tiny, tmp_path / "halved", SETTINGS, lambda *_: pytest.fail("it was finished"))
    assert again == halved


def test_half_a_checkpoint_is_passed_over(tiny: Path, tmp_path: Path) -> None:
    learned = rows(tiny, examples(32))
    stop = threading.Event()
    with pytest.raises(Interrupted):
        train_sft(learned, [], tiny, tmp_path, SETTINGS, lambda _, done, __: stop.set() if done >= 9 else None, stop)
    torn = tmp_path / "checkpoints" / "checkpoint-20"
    torn.mkdir()
    (torn / "trainer_state.json").write_text('{"global_st')
    assert train_sft(learned, [], tiny, tmp_path, SETTINGS).steps == 32


def likelihood_of(wanted: list[Example], base: Path, adapter: Path | None) -> Likelihood:
    return sum(answer_likelihoods(wanted, base, adapter).values(), Likelihood())


@pytest.mark.slow
def test_it_ends_early_and_keeps_the_best(tiny: Path, tmp_path: Path) -> None:
    contrary = [replace(example, completion=example.completion.upper()) for example in examples(32)]
    done = train_sft(
        rows(tiny, examples(32)), rows(tiny, contrary), tiny, tmp_path, replace(SETTINGS, learning_rate=0.05, epochs=20)
    )
    assert done.stopped_early
    assert done.steps < 160
    assert done.eval_loss == min(loss for _, loss in done.eval_losses) < done.eval_losses[-1][1]
    tokenizer = load_tokenizer(tiny)
    with_end = [replace(example, completion=f"{example.completion}{tokenizer.eos_token}") for example in contrary]
    kept = likelihood_of(with_end, tiny, tmp_path / "peft").mean
    assert kept == pytest.approx(-done.eval_loss, abs=0.05)  # the best one's, not the last one's


@pytest.mark.parametrize("epochs", [1, 0.5])
def test_it_does_not_end_before_each_example_was_seen(tiny: Path, tmp_path: Path, epochs: float) -> None:
    contrary = [replace(example, completion=example.completion.upper()) for example in examples(32)]
    settings = replace(SETTINGS, learning_rate=0.05, epochs=epochs, batch=2)
    done = train_sft(rows(tiny, examples(96)), rows(tiny, contrary), tiny, tmp_path, settings)
    assert not done.stopped_early
    assert done.steps == 48 * epochs
    assert [step for step, _ in done.eval_losses] == [done.steps]  # the last one's is told


@pytest.mark.slow
def test_the_loss_on_a_few_decides_nothing(tiny: Path, tmp_path: Path) -> None:
    contrary = [replace(example, completion=example.completion.upper()) for example in examples(16)]
    settings = replace(SETTINGS, learning_rate=0.05, epochs=20)
    done = train_sft(rows(tiny, examples(32)), rows(tiny, contrary), tiny, tmp_path, settings)
    assert not done.stopped_early
    assert done.steps == 160
    assert done.eval_loss == done.eval_losses[-1][1] > min(loss for _, loss in done.eval_losses)


@pytest.mark.slow
def test_batches_gathered_weigh_as_one_large_batch(tiny: Path, tmp_path: Path) -> None:
    learned = rows(tiny, examples(32))
    once = train_sft(learned, [], tiny, tmp_path / "once", replace(SETTINGS, batch=8))
    gathered = train_sft(learned, [], tiny, tmp_path / "gathered", replace(SETTINGS, batch=2, accumulation=4))
    assert gathered.steps == once.steps
    assert [loss for _, loss in gathered.losses][:3] == pytest.approx([loss for _, loss in once.losses][:3], rel=0.05)


@pytest.mark.slow
def test_activations_computed_twice_change_nothing(tiny: Path, tmp_path: Path) -> None:
    learned = rows(tiny, examples(16))
    kept = train_sft(learned, [], tiny, tmp_path / "kept", SETTINGS)
    twice = train_sft(learned, [], tiny, tmp_path / "twice", replace(SETTINGS, checkpointing=True))
    assert [loss for _, loss in twice.losses] == pytest.approx([loss for _, loss in kept.losses], abs=1e-3)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is asked to")
def test_freed_memory_is_given_back() -> None:
    mine = psutil.Process()
    blocks = [bytes(60_000) for _ in range(4000)]  # each too small to be mapped by itself
    last = blocks.pop()
    del blocks
    before = mine.memory_info().rss
    release_memory()
    assert before - mine.memory_info().rss > 150_000_000
    assert len(last) == 60_000  # it lay above what was freed


def test_only_the_answer_is_learnt_and_long_prompts_lose_their_beginning(tiny: Path) -> None:
    tokenizer = load_tokenizer(tiny)
    raw, chat = token_rows(
        [Example("Ask:", " yes\n", "g", "e"), Example([{"role": "user", "content": "Ask"}], "Yes", "g", "e")], tokenizer
    )
    assert tokenizer.decode(raw.ids[-raw.answer :]).replace(" ", "") == "yes\n<end>"
    assert tokenizer.decode(chat.ids[-chat.answer :]).replace(" ", "") == "Yes<end>"
    (short,), number = cut_rows([raw], 7)
    assert number == 1
    assert short.ids == raw.ids[-7:]
    assert short.answer == raw.answer == 6


def test_answers_learnt_grow_likelier(tiny: Path, tmp_path: Path) -> None:
    learned = examples(32)
    before = likelihood_of(learned, tiny, None)
    train_sft(rows(tiny, learned), [], tiny, tmp_path, SETTINGS)
    after = likelihood_of(learned, tiny, tmp_path / "peft")
    assert before.tokens == after.tokens == sum(len(example.completion) for example in learned)
    assert after.mean is not None
    assert before.mean is not None
    assert after.mean > before.mean + 0.3
    halves = likelihood_of(learned[:16], tiny, None) + likelihood_of(learned[16:], tiny, None)
    assert halves.mean == pytest.approx(before.mean, abs=1e-4)
