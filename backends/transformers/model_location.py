"""Where a model of transformers lies: in ayllu's own store, in a folder, or on the hub."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ...errors import NotFound
from ...models import ModelStore, is_hub_id
from ...paths import expand


@dataclass(frozen=True, slots=True)
class ModelLocation:
    """`setting` is how the person named it, `base` the name that its adapters are registered under."""

    setting: str
    name: str
    base: str
    place: Literal["store", "folder", "hub"]
    style: Literal["span", "prose"] = "prose"

    @property
    def folder(self) -> Path:
        """Of a model in a folder."""
        return expand(self.setting)

    def is_here(self, models: ModelStore) -> bool:
        """Whether the model's files are on this disk; of a hub's model, whether it was begun."""
        if self.place == "hub":
            import huggingface_hub as hub

            return isinstance(hub.try_to_load_from_cache(self.setting, "config.json"), str)
        return self.place == "folder" or models.path(self.setting) is not None


def locate_model(setting: str, models: ModelStore) -> ModelLocation:
    """A model of the manifest, a GGUF file, a folder, or a hub id.

    Raises:
        NotFound: it is none of these.
    """
    path = expand(setting)
    if (path / "config.json").is_file():
        name = path.resolve().name
        return ModelLocation(setting, name, name, "folder")
    if is_hub_id(setting):
        base = next((model.name for model in models.list() if model.original == setting), setting)  # as training calls it
        return ModelLocation(setting, setting, base, "hub")
    try:
        info = models.info(setting)
    except NotFound as error:
        raise NotFound(
            f"{setting} is no model that transformers could load.",
            hint="Give a name of `ayllu models list`, a GGUF file, a folder with config.json, or a hub id (owner/name).",
        ) from error
    return ModelLocation(setting, info.name, info.name, "store", info.style)


def adapter_base(setting: str, models: ModelStore) -> str:
    """The name under which the adapters of a model are registered.

    Raises:
        NotFound: there is no such model.
    """
    return locate_model(setting, models).base
