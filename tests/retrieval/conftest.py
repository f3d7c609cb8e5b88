"""What the tests of the library's parts share."""

from pathlib import Path

import pytest

HERBS = "Basil likes warmth and light.\n\nMint spreads by runners and needs a pot of its own."
METALS = "Copper melts at 1085 degrees Celsius. Tin melts at 232 degrees."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two documents that have nothing in common."""
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "herbs.md").write_text(HERBS)
    (folder / "metals.txt").write_text(METALS)
    return folder
