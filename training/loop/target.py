"""Who is to answer with what is learnt: the model that is trained, and the backend that is asked while it is measured."""

from __future__ import annotations

from dataclasses import dataclass

from ...adapters import Form
from ...config import BackendSettings
from ...conversations import Style


@dataclass(frozen=True, slots=True)
class Target:
    """By default the chat model in llama.cpp.

    `base`: the name under which the backend looks for its adapters. `weights`: what is trained on, unless a person names
    something else; a folder, a GGUF file or name, or a hub id. `style`: how it writes. `None` each: as the chat model.

    `measured_by`: the settings of who is asked in its stead, where it loads adapters only when it starts. `served`: what a
    person does to have a promoted adapter served; empty where it goes to work by itself.
    """

    backend: str = "llamacpp"  # by its name in the settings
    form: Form = "gguf"  # in which it loads an adapter
    base: str | None = None
    weights: str | None = None
    style: Style | None = None
    measured_by: BackendSettings | None = None
    served: str = ""
