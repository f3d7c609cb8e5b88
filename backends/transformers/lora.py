"""A PEFT LoRA merged into a loaded model, so that it decodes as fast as the untuned one, and taken out of it again."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from ...text import one_line
from ..errors import BackendFailed


class LoraOnModel:
    """The adapter that a model wears, or none."""

    def __init__(self, model: Any, device: str) -> None:
        self._model = model
        self._device = device
        self._adapter: Any = None  # while it is being put on
        self._untuned: dict[Any, Any] = {}  # the weights that were merged into, as they were: subtracting would round them

    def put_on(self, folder: Path | None) -> None:
        """Wear the LoRA in `folder` from now on; `None`: none. The one before it is taken off first.

        Raises:
            BackendFailed: it cannot be loaded; the model wears none then.
        """
        self._take_off()
        if folder is None:
            return
        try:
            with warnings.catch_warnings():  # PEFT calls what transformers 5 has renamed
                warnings.simplefilter("ignore", FutureWarning)
                self._wrap(folder)
                self._merge()
        except Exception as error:  # an edge: a file that somebody else may have written
            self._take_off()
            raise BackendFailed(
                f"The adapter in {folder} could not be loaded: {one_line(str(error), 300) or type(error).__name__}.",
                hint="It must be a LoRA of this very model, with adapter_config.json and adapter_model.safetensors.",
            ) from error
        self._model.eval()

    def _take_off(self) -> None:
        import torch

        with torch.no_grad():
            for layer, weight in self._untuned.items():
                layer.weight.copy_(weight)
        self._untuned = {}
        if self._adapter is not None:
            self._adapter.unload()
            self._adapter = None

    def _merge(self) -> None:
        """Into the weights, after which the model is one of plain layers again."""
        from peft.tuners.lora import LoraLayer

        layers = [module.get_base_layer() for module in self._adapter.modules() if isinstance(module, LoraLayer)]
        self._untuned = {layer: layer.weight.detach().to("cpu", copy=True) for layer in layers}
        self._adapter.merge_adapter(safe_merge=True)
        self._adapter.unload()
        self._adapter = None

    def _wrap(self, folder: Path) -> None:
        from peft import LoraConfig, PeftConfig, PeftModel

        if not (folder / "adapter_model.safetensors").is_file():
            raise ValueError("there is no adapter_model.safetensors")
        config = PeftConfig.from_pretrained(str(folder))
        if not isinstance(config, LoraConfig):
            raise ValueError(f"it is of the kind {config.peft_type}, not LoRA")
        config.inference_mode = True
        self._adapter = PeftModel(self._model, config, adapter_name="tuned", autocast_adapter_dtype=False)
        result = self._adapter.load_adapter(
            str(folder), adapter_name="tuned", torch_device=self._device, autocast_adapter_dtype=False
        )
        if wrong := [*result.unexpected_keys, *(name for name in result.missing_keys if ".tuned." in name)]:
            raise ValueError(f"its weights do not fit: {wrong[0]}")
