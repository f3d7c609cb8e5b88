"""The base of a training, as it is loaded again and again."""

import pytest
from ayllu import paths
from ayllu.models import DEFAULT_CHAT, ModelStore
from ayllu.training.methods import base_config, check_installed, copy_model


@pytest.mark.model
def test_what_one_caller_does_to_a_base_no_other_sees() -> None:
    check_installed()
    gguf = ModelStore(paths.find().models).ensure(DEFAULT_CHAT)
    model, tokenizer = copy_model(gguf, "float32", "cpu")
    norm = model.model.norm.weight.detach().clone()
    model.model.norm.weight.data.zero_()
    tokenizer.pad_token = "a"
    config = base_config(gguf)
    layers, config.num_hidden_layers = config.num_hidden_layers, 1

    again, same = copy_model(gguf, "float32", "cpu")
    assert again.model.norm.weight.equal(norm)
    assert same.pad_token == same.eos_token
    assert base_config(gguf).num_hidden_layers == layers == again.config.num_hidden_layers
