"""What several rooms' tests share: the real default models, pulled once and kept in the platform's cache."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from ayllu import paths
from ayllu.backends import Backend, open_backend
from ayllu.config import Settings
from ayllu.models import ModelStore
from ayllu.retrieval import Embedder, Library, open_embedder


@pytest.fixture(scope="session")
def models() -> ModelStore:
    """The person's own model folder (or AYLLU_MODELS): what is missing is pulled by its first user."""
    return ModelStore(paths.find().models)


@pytest.fixture(scope="session")
def embedder(models: ModelStore) -> Embedder:
    return open_embedder("onnx", models)


@pytest.fixture
def library(tmp_path: Path, embedder: Embedder) -> Iterator[Library]:
    with Library.open(tmp_path / "library", embedder) as library:
        yield library


@pytest.fixture
async def backend(models: ModelStore) -> AsyncIterator[Backend]:
    backend = open_backend("llamacpp", Settings(), models)
    yield backend
    await backend.close()


@pytest.fixture(autouse=True)
def only_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test sees the settings of the person who runs it."""
    for name in [name for name in os.environ if name.startswith("AYLLU_") and name != "AYLLU_MODELS"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AYLLU_HOME", str(tmp_path / "home"))
