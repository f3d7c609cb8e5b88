"""What was learnt along with an adapter is found in its folder, and a broken file changes nothing."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from ayllu.adapters import LearnedExtras, write_learned
from ayllu.agents import CALIBRATION
from ayllu.agents.judging import Bounds, answer_bounds, learned_by
from ayllu.backends import Backend
from ayllu.config import AgentSettings, Settings


@dataclass
class Named:
    adapter_folder: Path | None


EMBEDDER = "onnx:all-minilm-l6-v2"


def answer_threshold(backend: Backend, settings: Settings) -> float:
    return answer_bounds(backend, settings, EMBEDDER, "span").threshold


def test_an_embedder_that_nothing_was_fitted_for_has_no_threshold() -> None:
    backend = cast(Backend, Named(None))
    for method in ("span", "prose", "quotation"):
        assert answer_bounds(backend, Settings(), "hashing:64", method) == Bounds(0.0, 0.0)
        assert answer_bounds(backend, Settings(), EMBEDDER, method).threshold > 0


def test_a_model_that_writes_prose_is_asked_sooner_unless_a_person_set_the_threshold() -> None:
    backend = cast(Backend, Named(None))
    fitted = answer_bounds(backend, Settings(), EMBEDDER, "prose")
    assert fitted.hopeless < fitted.threshold
    own = Settings(agents=AgentSettings(critic_threshold=0.5))
    assert answer_bounds(backend, own, EMBEDDER, "prose") == Bounds(0.5, 0.5, 0.5)
    assert answer_bounds(backend, own, "hashing:64", "span").hopeless < 0.5


def test_the_threshold_is_the_one_set_then_the_one_learnt_then_the_fitted(tmp_path: Path) -> None:
    tuned, untuned = (cast(Backend, Named(folder)) for folder in (tmp_path, None))
    own = Settings()
    assert answer_threshold(tuned, own) == answer_threshold(untuned, own) == CALIBRATION.threshold
    write_learned(tmp_path, LearnedExtras(0.41, asks=True, declines=True))
    assert answer_threshold(tuned, own) == 0.41
    assert learned_by(tuned) == LearnedExtras(0.41, True, True)
    assert learned_by(untuned) == LearnedExtras()
    assert answer_threshold(untuned, own) == CALIBRATION.threshold
    assert answer_threshold(tuned, Settings(agents=AgentSettings(critic_threshold=0.0))) == 0.0


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '"high"', '{"threshold": "high"}', '{"threshold": NaN}', '{"threshold": 7}']
)
def test_a_file_that_cannot_be_read_changes_nothing(text: str, tmp_path: Path, caplog: Any) -> None:
    (tmp_path / "learnt.json").write_text(text)
    assert answer_threshold(cast(Backend, Named(tmp_path)), Settings()) == CALIBRATION.threshold
    assert "learnt.json" in caplog.text
