"""What was learnt along with an adapter is found in its folder, and a broken file changes nothing."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from ayllu.adapters import LearnedExtras, write_learned
from ayllu.agents import CALIBRATION
from ayllu.agents.judging import answer_threshold, learned_by
from ayllu.backends import Backend
from ayllu.config import AgentSettings, Settings


@dataclass
class Named:
    adapter_folder: Path | None


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
