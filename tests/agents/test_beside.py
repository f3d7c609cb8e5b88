"""What was learnt along with an adapter is found in its folder, and a broken file changes nothing."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from ayllu.agents import FITTED, Learnt, write_learnt
from ayllu.agents.judging.learned import learnt_of, threshold_of
from ayllu.backends import Backend
from ayllu.config import AgentSettings, Settings


@dataclass
class Named:
    adapter_folder: Path | None


def test_the_threshold_is_the_one_set_then_the_one_learnt_then_the_fitted(tmp_path: Path) -> None:
    tuned, untuned = (cast(Backend, Named(folder)) for folder in (tmp_path, None))
    own = Settings()
    assert threshold_of(tuned, own) == threshold_of(untuned, own) == FITTED.threshold
    write_learnt(tmp_path, Learnt(0.41, asks=True, declines=True))
    assert threshold_of(tuned, own) == 0.41
    assert learnt_of(tuned) == Learnt(0.41, True, True)
    assert learnt_of(untuned) == Learnt()
    assert threshold_of(untuned, own) == FITTED.threshold
    assert threshold_of(tuned, Settings(agents=AgentSettings(critic_threshold=0.0))) == 0.0


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '"high"', '{"threshold": "high"}', '{"threshold": NaN}', '{"threshold": 7}']
)
def test_a_file_that_cannot_be_read_changes_nothing(text: str, tmp_path: Path, caplog: Any) -> None:
    (tmp_path / "learnt.json").write_text(text)
    assert threshold_of(cast(Backend, Named(tmp_path)), Settings()) == FITTED.threshold
    assert "learnt.json" in caplog.text
