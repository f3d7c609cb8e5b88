"""What stands is read again when something was written, and only then."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from ayllu.feedback import FeedbackLog
from ayllu.storage import Database
from ayllu.tests.exchanges import exchange


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is read of all that stands."""
    queries: list[str] = []
    rows = Database.rows

    def noted(self: Database, query: str, *values: object) -> list[object]:
        if "FROM standing JOIN" in query:
            queries.append(query)
        return rows(self, query, *values)

    monkeypatch.setattr(Database, "rows", noted)
    return queries


def test_for_several_purposes_it_is_read_once_until_this_program_or_another_writes(tmp_path: Path, reads: list[str]) -> None:
    log, other = (FeedbackLog.open(tmp_path / "feedback.sqlite") for _ in range(2))
    log.rate(exchange("m1"), person="ana", rating="up")
    assert log.derived.statements() is log.refits.statements()
    assert len(reads) == 1
    log.rate(exchange("m2"), person="ana", rating="up")
    assert [each.message_id for each in log.refits.statements()] == ["m1", "m2"]
    other.rate(exchange("m3"), person="ana", rating="up")
    other.forget("m1")
    assert [each.message_id for each in log.derived.statements()] == ["m2", "m3"]
    log.derived.statements()
    assert len(reads) == 3
    log.close()
    other.close()


def test_threads_see_what_each_other_wrote(tmp_path: Path) -> None:
    log = FeedbackLog.open(tmp_path / "feedback.sqlite")

    def judge(number: int) -> bool:
        log.rate(exchange(f"m{number}"), person="ana", rating="up")
        return f"m{number}" in {each.message_id for each in log.refits.statements()}

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(judge, range(16)))
    assert len(log.refits.statements()) == 16
    log.close()
