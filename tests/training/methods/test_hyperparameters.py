"""Settings chosen from machine, model and data, on machines that need not be here."""

import pytest
from ayllu.errors import AylluError, UsageError
from ayllu.training.methods import (
    Hyperparameters,
    Machine,
    ModelSize,
    TrainingOptions,
    choose_hyperparameters,
    this_machine,
)
from ayllu.training.methods.memory import memory_bytes

GB = 10**9
SMALL, LARGE = ModelSize(135_000_000, 30, 576, 8192), ModelSize(8_000_000_000, 32, 4096, 8192)
LAPTOP = Machine("cpu", 6 * GB, False, False)
GPU = Machine("cuda", 80 * GB, True, True)
LENGTHS = [200] * 640


def test_a_laptop_trains_in_float32_with_batches_of_eight() -> None:
    chosen = choose_hyperparameters(TrainingOptions(), LAPTOP, SMALL, LENGTHS)
    assert (chosen.device, chosen.dtype, chosen.batch, chosen.accumulation) == ("cpu", "float32", 8, 1)
    assert (chosen.max_tokens, chosen.checkpointing, chosen.four_bit) == (200, False, False)


def test_examples_read_together_make_smaller_batches_of_longer_sequences() -> None:
    chosen = choose_hyperparameters(TrainingOptions(), LAPTOP, SMALL, LENGTHS, sequences=320)
    assert (chosen.batch, chosen.accumulation) == (4, 1)
    assert choose_hyperparameters(TrainingOptions(batch=3), LAPTOP, SMALL, LENGTHS, sequences=320).batch == 3
    assert choose_hyperparameters(TrainingOptions(epochs=1), GPU, SMALL, [200] * 5000, sequences=1250).batch == 8


def test_where_memory_is_short_the_batch_shrinks_first_and_then_activations_are_computed_twice() -> None:
    less = choose_hyperparameters(TrainingOptions(), Machine("cpu", 3 * GB, False, False), SMALL, [1000] * 640)
    assert less.batch < 8
    assert less.batch * less.accumulation == 8
    least = choose_hyperparameters(TrainingOptions(), Machine("cuda", 18 * GB, True, False), LARGE, [1000] * 640)
    assert least.checkpointing
    assert least.batch * least.accumulation >= 8


def test_a_gpu_takes_larger_batches_in_bfloat16_but_not_at_the_cost_of_updates() -> None:
    assert choose_hyperparameters(TrainingOptions(), GPU, SMALL, [200] * 5000).batch == 32
    assert choose_hyperparameters(TrainingOptions(), GPU, SMALL, [200] * 5000).dtype == "bfloat16"
    assert choose_hyperparameters(TrainingOptions(epochs=1), GPU, SMALL, [200] * 100).batch == 8
    assert (
        choose_hyperparameters(TrainingOptions(), Machine("cuda", 16 * GB, False, False), SMALL, LENGTHS).dtype == "float32"
    )


def test_four_bit_is_for_large_models_on_gpus_that_have_it() -> None:
    tight = Machine("cuda", 24 * GB, True, True)
    assert choose_hyperparameters(TrainingOptions(), tight, LARGE, LENGTHS).four_bit
    assert not choose_hyperparameters(TrainingOptions(), GPU, LARGE, LENGTHS).four_bit
    assert not choose_hyperparameters(TrainingOptions(four_bit=False), tight, LARGE, LENGTHS).four_bit
    assert choose_hyperparameters(TrainingOptions(four_bit=True), GPU, SMALL, LENGTHS).four_bit
    with pytest.raises(UsageError, match="CUDA"):
        choose_hyperparameters(TrainingOptions(four_bit=True), LAPTOP, SMALL, LENGTHS)
    with pytest.raises(AylluError) as caught:
        choose_hyperparameters(TrainingOptions(four_bit=True), Machine("cuda", 24 * GB, True, False), LARGE, LENGTHS)
    assert "ayllu setup four-bit" in caught.value.hint


def test_what_is_asked_for_stands() -> None:
    options = TrainingOptions(
        epochs=3, rank=8, learning_rate=1e-4, batch=3, accumulation=2, max_tokens=50, dtype="bfloat16", seed=7
    )
    chosen = choose_hyperparameters(options, LAPTOP, SMALL, LENGTHS)
    assert chosen == Hyperparameters(8, 16, 1e-4, 3, 3, 2, 50, False, False, "bfloat16", "cpu", 0, 7)
    assert choose_hyperparameters(TrainingOptions(batch=3), LAPTOP, SMALL, LENGTHS).accumulation == 1


def test_length_is_bounded_by_the_data_the_model_and_a_limit() -> None:
    assert choose_hyperparameters(TrainingOptions(), GPU, SMALL, [100, 5000]).max_tokens == 1024
    assert choose_hyperparameters(TrainingOptions(), GPU, ModelSize(1, 1, 1, 512), [100, 5000]).max_tokens == 512


def test_memory_grows_with_the_batch_and_shrinks_with_four_bits() -> None:
    small, large = Hyperparameters(batch=1), Hyperparameters(batch=8)
    assert memory_bytes(SMALL, small) < memory_bytes(SMALL, large)
    assert memory_bytes(LARGE, Hyperparameters(four_bit=True, dtype="bfloat16")) < memory_bytes(
        LARGE, Hyperparameters(dtype="bfloat16")
    )
    assert memory_bytes(SMALL, Hyperparameters(checkpointing=True)) < memory_bytes(SMALL, Hyperparameters())


@pytest.mark.parametrize(
    ("batch", "length", "dtype", "checkpointing", "measured"),
    [
        (8, 288, "bfloat16", False, 5.14),
        (4, 288, "bfloat16", False, 3.65),
        (8, 128, "bfloat16", False, 3.47),
        (4, 288, "float32", False, 4.47),
        (4, 288, "bfloat16", True, 2.41),
    ],
)
def test_the_memory_said_is_near_what_was_measured(
    batch: int, length: int, dtype: str, checkpointing: bool, measured: float
) -> None:
    """The peak of a process that trains the default model on two cores, in GB."""
    cached = ModelSize(134_515_008, 30, 576, 8192, copies=2)
    settings = Hyperparameters(batch=batch, max_tokens=length, dtype=dtype, checkpointing=checkpointing)
    assert memory_bytes(cached, settings) / GB == pytest.approx(measured, rel=0.12)


def test_a_device_that_is_not_here_is_refused_by_name() -> None:
    assert this_machine("cpu").free_bytes > 0
    with pytest.raises(UsageError, match="no device `tpu`"):
        this_machine("tpu")


@pytest.mark.parametrize(("instruction", "faster"), [("amx_bf16", True), ("avx512_bf16", True), ("avx2", False)])
def test_a_cpu_multiplies_in_bfloat16_where_it_has_instructions_for_it(
    instruction: str, faster: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch = pytest.importorskip("torch")
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {instruction: True}, raising=False)
    assert this_machine("cpu").bfloat16 is faster
