"""The loop on a tiny random model: all that the real one does, in seconds, but for its answers' sense."""

from pathlib import Path

import pytest
from ayllu.adapters import AdapterRegistry
from ayllu.config import Settings
from ayllu.evaluation import EvalDoc, EvalQuestion, EvalSet
from ayllu.feedback import FeedbackEvent, FeedbackLog
from ayllu.models import ModelStore
from ayllu.retrieval import Embedder
from ayllu.training import Workspace, import_file
from ayllu.training.methods import check_installed

GENERAL = EvalSet(
    [EvalDoc("shop", "The shop in Lorn opens at nine and closes at six."), EvalDoc("bus", "The bus to Lorn costs 2 euros.")],
    [
        EvalQuestion("g1", "When does the shop in Lorn open?", ["nine"], {"shop": 1}),
        EvalQuestion("g2", "What does the bus to Lorn cost?", ["2 euros"], {"bus": 1}),
        EvalQuestion("g3", "Who is the mayor of Lorn?", [], {}, True),
    ],
)
SQUAD = Path(__file__).parents[1] / "data" / "squad.json"


@pytest.fixture(autouse=True)
def quiet() -> None:
    check_installed()  # what it says of warnings holds within one test


@pytest.fixture
def announced() -> list[str]:
    """What was said to whoever waits."""
    return []


@pytest.fixture
def workspace(tmp_path: Path, tiny_gguf: Path, embedder: Embedder, announced: list[str]) -> Workspace:
    return open_workspace(tmp_path, tiny_gguf, embedder, announced)


def open_workspace(folder: Path, chat: Path, embedder: Embedder, announced: list[str]) -> Workspace:
    settings = Settings.model_validate({"models": {"chat": str(chat), "style": "span"}})
    adapters = AdapterRegistry(folder / "adapters")
    (folder / "adapters" / ".work").mkdir(parents=True, exist_ok=True)
    return Workspace(
        adapters,
        ModelStore(folder / "models"),
        embedder,
        settings,
        folder / "adapters" / ".work",
        announce=announced.append,
        general=GENERAL,
    )


@pytest.fixture
def events(tmp_path: Path, embedder: Embedder) -> list[FeedbackEvent]:
    """Twelve corrections, on four paragraphs."""
    log = FeedbackLog.open(tmp_path / "feedback.sqlite")
    try:
        import_file(SQUAD, log, embedder, Settings(), model="tiny")
        return list(log.list())
    finally:
        log.close()
