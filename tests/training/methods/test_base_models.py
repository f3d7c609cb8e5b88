"""The base of a training, as it is loaded again and again."""

from pathlib import Path

from ayllu.training.methods import base_config, check_installed, copy_model, model_size


def test_what_one_caller_does_to_a_base_no_other_sees(tiny_gguf: Path) -> None:
    check_installed()
    model, tokenizer = copy_model(tiny_gguf, "float32", "cpu")
    norm = model.model.norm.weight.detach().clone()
    model.model.norm.weight.data.zero_()
    tokenizer.pad_token = "a"
    config = base_config(tiny_gguf)
    layers, config.num_hidden_layers = config.num_hidden_layers, 1

    again, fresh = copy_model(tiny_gguf, "float32", "cpu")
    assert again.model.norm.weight.equal(norm)
    assert fresh.pad_token == "<pad>"
    assert base_config(tiny_gguf).num_hidden_layers == layers == again.config.num_hidden_layers


def test_a_models_size_is_counted_without_its_weights(tiny_gguf: Path, tiny: Path) -> None:
    check_installed()
    small = model_size(tiny_gguf)
    model, _ = copy_model(tiny_gguf, "float32", "cpu")
    assert small.parameters == sum(tensor.numel() for tensor in model.parameters())
    assert (small.layers, small.width, small.context, small.architecture) == (2, 32, 8192, "llama")
    assert (small.copies, model_size(tiny).copies) == (2, 1)  # a small GGUF is kept, to be copied
