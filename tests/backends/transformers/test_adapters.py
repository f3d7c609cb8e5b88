"""A promoted adapter, or one of the settings, on a model in this process."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from ayllu.adapters import AdapterRegistry
from ayllu.backends import BackendFailed, RawRequest
from ayllu.backends.transformers.backend import TransformersBackend
from ayllu.backends.transformers.lora import LoraOnModel
from ayllu.models import load_base

from .conftest import write_lora

Open = Callable[..., TransformersBackend]


async def answer_of(backend: TransformersBackend, text: str = "Hello") -> str:
    assert backend.raw is not None
    return (await backend.raw.complete(RawRequest(text, max_tokens=16))).text


@pytest.mark.slow
async def test_a_promoted_adapter_goes_to_work_between_two_questions(opened: Open, registry: AdapterRegistry) -> None:
    backend = opened(registry)
    await backend.start()
    before = await answer_of(backend)
    registry.promote("a1")
    assert (await answer_of(backend), backend.adapter) == (before, None)  # not within a question
    await backend.start()
    tuned = await answer_of(backend)
    assert (tuned != before, backend.adapter) == (True, "a1")
    assert (await backend.health()).adapter == "a1"
    registry.rollback(backend.model)
    await backend.start()
    assert (await answer_of(backend), backend.adapter) == (before, None)


async def test_an_adapter_that_cannot_be_loaded_leaves_the_old_one_at_work(opened: Open, registry: AdapterRegistry) -> None:
    notices: list[str] = []
    backend = opened(registry, notices)
    registry.promote("a1")
    await backend.start()
    before = await answer_of(backend)
    registry.promote("a2")
    for _ in range(2):
        await backend.start()
        assert (await answer_of(backend), backend.adapter) == (before, "a1")
    assert len(notices) == 1  # once, not at each question
    assert notices[0].startswith("The adapter a2 is not used, so a1 goes on:")
    registry.rollback(backend.model, None)
    await backend.start()
    assert backend.adapter is None


async def test_a_damaged_registry_leaves_the_model_answering(opened: Open, registry: AdapterRegistry) -> None:
    (registry.folder / "active.json").write_text("{torn")
    notices: list[str] = []
    backend = opened(registry, notices)
    await backend.start()
    assert (len(await answer_of(backend)) > 0, backend.adapter, len(notices)) == (True, None, 1)


async def test_a_folder_of_the_settings_is_put_on_whatever_is_promoted(
    opened: Open, registry: AdapterRegistry, tmp_path: Path
) -> None:
    registry.promote("a1")
    promoted = opened(registry)
    await promoted.start()
    folder = tmp_path / "mine"
    shutil.copytree(registry.folder / "a1" / "peft", folder)
    own = opened(registry, adapter=str(folder))
    await own.start()
    assert own.adapter == "mine"
    assert await answer_of(own) == await answer_of(promoted)


async def test_an_adapter_in_pickles_or_of_another_kind_is_refused(opened: Open, registry: AdapterRegistry) -> None:
    peft = registry.folder / "a1" / "peft"
    config = json.loads((peft / "adapter_config.json").read_text())
    (peft / "adapter_config.json").write_text(json.dumps({"peft_type": "PROMPT_TUNING", "task_type": "CAUSAL_LM"}))
    backend = opened(adapter=str(peft))
    with pytest.raises(BackendFailed, match="not LoRA"):
        await backend.start()
    (peft / "adapter_config.json").write_text(json.dumps(config))
    (peft / "adapter_model.safetensors").rename(peft / "adapter_model.bin")
    with pytest.raises(BackendFailed, match=r"no adapter_model\.safetensors"):
        await backend.start()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::FutureWarning")  # PEFT calls what transformers 5 has renamed
def test_an_adapter_is_merged_as_it_would_be_computed_and_taken_out_without_a_trace(tiny: Path, tmp_path: Path) -> None:
    import torch
    from peft import PeftModel

    model, tokenizer = load_base(tiny, "float32", "cpu")
    untuned = {name: weight.clone() for name, weight in model.state_dict().items()}
    write_lora(tiny, tmp_path / "peft")
    worn = LoraOnModel(model, "cpu")
    worn.put_on(tmp_path / "peft")
    ids = torch.tensor([tokenizer("The ferry leaves at 7:45.").input_ids])
    other, _ = load_base(tiny, "float32", "cpu")
    with torch.inference_mode():
        merged = model(input_ids=ids).logits
        computed = PeftModel.from_pretrained(other, str(tmp_path / "peft"))(input_ids=ids).logits
    assert torch.allclose(merged, computed, atol=1e-3)
    worn.put_on(None)
    assert model.state_dict().keys() == untuned.keys()
    assert all(torch.equal(weight, untuned[name]) for name, weight in model.state_dict().items())
    with torch.inference_mode():
        assert not torch.allclose(merged, model(input_ids=ids).logits, atol=1e-3)
