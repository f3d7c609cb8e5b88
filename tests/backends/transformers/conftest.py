"""Backends over a random model of some thousand weights; what a real one says is `test_conformance`'s."""

import warnings
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from ayllu.adapters import Adapter, AdapterRegistry
from ayllu.backends import open_backend
from ayllu.backends.transformers.backend import TransformersBackend
from ayllu.config import Settings, TransformersSettings
from ayllu.models import ModelStore

Open = Callable[..., TransformersBackend]


@pytest.fixture
async def opened(tiny: Path, tmp_path: Path) -> AsyncIterator[Open]:
    """Opens backends over the tiny model, or over what the table says; they are closed after the test."""
    backends: list[TransformersBackend] = []

    def open_it(
        adapters: AdapterRegistry | None = None, notices: list[str] | None = None, **table: object
    ) -> TransformersBackend:
        announce = notices.append if notices is not None else None
        settings = Settings(backends={"own": TransformersSettings(**{"model": str(tiny), **table})})
        backend = open_backend("own", settings, ModelStore(tmp_path / "models"), adapters=adapters, announce=announce)
        assert isinstance(backend, TransformersBackend)
        backends.append(backend)
        return backend

    yield open_it
    for backend in backends:
        await backend.close()


@pytest.fixture
def registry(tmp_path: Path, tiny: Path) -> AdapterRegistry:
    """Two adapters of the tiny model that change what it says: `a1`, and `a2`, whose weights are torn."""
    registry = AdapterRegistry(tmp_path / "adapters")
    for number in (1, 2):
        files = tmp_path / f"files-{number}"
        write_lora(tiny, files / "peft")
        (files / "adapter.gguf").write_bytes(b"GGUF")  # another backend's
        registry.add(Adapter(f"a{number}", tiny.name, "", "", "sft", f"2026-01-0{number}T00:00:00+00:00"), files)
    weights = registry.folder / "a2" / "peft" / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-200])
    return registry


def write_lora(base: Path, out: Path) -> None:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(1)
    config = LoraConfig(r=4, lora_alpha=64, target_modules=["q_proj", "v_proj", "down_proj"], init_lora_weights=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        get_peft_model(AutoModelForCausalLM.from_pretrained(str(base)), config).save_pretrained(str(out))
