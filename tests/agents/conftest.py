"""Until each test here says which it needs: the real model, and the real embedder."""

import pytest
from ayllu.backends import Backend
from ayllu.retrieval import Library


@pytest.fixture
def backend(real_backend: Backend) -> Backend:
    return real_backend


@pytest.fixture
def library(real_library: Library) -> Library:
    return real_library
