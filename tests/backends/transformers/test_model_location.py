"""Where a model comes from, by how it is named."""

from pathlib import Path

import pytest
from ayllu.backends.transformers.model_location import locate_model
from ayllu.errors import NotFound
from ayllu.models import ModelStore


def test_a_model_is_found_by_name_by_file_by_folder_and_on_the_hub(tiny: Path, tmp_path: Path) -> None:
    store = ModelStore(tmp_path)
    named = locate_model("smollm2-135m-instruct", store)
    assert (named.place, named.base, named.style) == ("store", "smollm2-135m-instruct", "span")
    original = locate_model("HuggingFaceTB/SmolLM2-135M-Instruct", store)  # adapters of the GGUF are adapters of it
    assert (original.place, original.base, original.style) == ("hub", "smollm2-135m-instruct", "prose")
    assert (locate_model(str(tiny), store).place, locate_model(str(tiny), store).base) == ("folder", tiny.name)
    with pytest.raises(NotFound, match="no model"):
        locate_model("smollm", store)
