"""A log of its own for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from ayllu.feedback import FeedbackLog


@pytest.fixture
def log(tmp_path: Path) -> Iterator[FeedbackLog]:
    log = FeedbackLog.open(tmp_path / "feedback.sqlite")
    yield log
    log.close()
