"""A search with a reranker: its order counts beside the search's own, within bounds, and a failure changes nothing."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from ayllu.errors import ConfigError, ExtraMissing
from ayllu.models import ModelStore
from ayllu.retrieval import (
    Document,
    HashingEmbedder,
    Library,
    Parsed,
    Reranking,
    SearchMode,
    SearchRequest,
    open_reranker,
)
from ayllu.retrieval.ranking.fusion import fuse_ranks

TEXTS = [f"The kiln number {number} is fired for {'kiln ' * (8 - number)}hours." for number in range(8)]


@dataclass
class Scripted:
    """Scores as `rate` says. `read` holds what it was given."""

    rate: Callable[[str], float]
    read: list[str] = field(default_factory=list)
    name: str = "scripted"

    def score(self, query: str, passages: Sequence[str]) -> Sequence[float]:
        self.read += passages
        return [self.rate(passage) for passage in passages]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.open(tmp_path_factory.mktemp("library"), HashingEmbedder()) as library:
        with library.writing():
            library.add(Document("c", f"{at}.md", "/", Parsed(text, "text/markdown")) for at, text in enumerate(TEXTS))
        yield library


def sources(library: Library, reranking: Reranking | None, k: int = 8) -> list[str]:
    request = SearchRequest("kiln", k, SearchMode.KEYWORD, ["c"], diversity=0.0, merge=False)
    return [hit.passage.source for hit in library.explain(request, reranking)]


def test_the_order_of_the_first_is_that_of_both_ranks_and_the_rest_stands(library: Library) -> None:
    before = sources(library, None)
    wanted = before[2].removesuffix(".md")
    scripted = Scripted(lambda text: float(f"number {wanted} " in text))
    reranking = Reranking(scripted, passages=3, seconds=60, notify=pytest.fail)
    after = sources(library, reranking)
    assert len(scripted.read) == 3
    assert after[3:] == before[3:]
    assert after[:3] == [before[0], before[2], before[1]]  # third and first; the first and second of both stands before it
    request = SearchRequest("kiln", 2, SearchMode.KEYWORD, ["c"], diversity=0.0, merge=False)
    first, second = library.explain(request, reranking)
    assert second.stages["reranked"].rank == 1
    assert second.stages["reranked"].score == 1.0
    assert second.stages["keyword"].rank == 3
    assert first.passage.score > second.passage.score


def test_a_search_without_one_of_its_own_takes_that_of_the_library(tmp_path: Path) -> None:
    scripted = Scripted(len)
    reranking = Reranking(scripted, passages=2, seconds=60, notify=pytest.fail)
    with Library.open(tmp_path, HashingEmbedder(), reranking=reranking) as library:
        with library.writing():
            library.add([Document("c", "a.md", "/", Parsed("The kiln is fired.", "text/markdown"))])
        library.retrieve("kiln", collection="c")
    assert scripted.read == ["The kiln is fired."]


def test_what_the_reranker_had_no_time_for_keeps_its_place(library: Library) -> None:
    before = sources(library, None)
    scripted = Scripted(lambda text: float("number 0" not in text))
    after = sources(library, Reranking(scripted, passages=8, seconds=0.0, notify=pytest.fail, at_once=2))
    assert len(scripted.read) == 2
    assert after[2:] == before[2:]


def test_a_passage_is_cut_before_it_is_read() -> None:
    scripted = Scripted(len)
    Reranking(scripted, passages=1, seconds=60, notify=pytest.fail).scores("q", ["x" * 100_000])
    assert [len(text) for text in scripted.read] == [2_000]


@pytest.mark.parametrize(
    ("rate", "reason"),
    [
        (lambda text: 1 / 0, "division by zero"),
        (lambda text: float("nan"), "gave no score for some passage"),
    ],
)
def test_one_that_fails_is_warned_of_once_and_the_order_stands(
    library: Library, rate: Callable[[str], float], reason: str
) -> None:
    warnings: list[str] = []
    reranking = Reranking(Scripted(rate), passages=5, seconds=60, notify=warnings.append)
    assert sources(library, reranking) == sources(library, None)
    assert sources(library, reranking) == sources(library, None)
    (warning,) = warnings
    assert warning.startswith("Passages are not reranked")
    assert reason in warning


def test_one_that_fails_at_once_is_not_tried_again_and_one_that_worked_is() -> None:
    broken = Scripted(lambda text: 1 / 0)
    reranking = Reranking(broken, passages=1, seconds=60, notify=lambda text: None)
    assert reranking.scores("q", ["p"]) == reranking.scores("q", ["p"]) == []
    assert len(broken.read) == 1
    moody = Scripted(lambda text: 1 / len(text))
    reranking = Reranking(moody, passages=1, seconds=60, notify=lambda text: None)
    assert [reranking.scores("q", [text]) for text in ("p", "", "p")] == [[1.0], [], [1.0]]


def test_a_missing_extra_is_a_line_with_its_command(library: Library) -> None:
    def rate(text: str) -> float:
        raise ExtraMissing("The reranker some/model", "models")

    warnings: list[str] = []
    sources(library, Reranking(Scripted(rate), passages=5, seconds=60, notify=warnings.append))
    assert warnings[0].endswith("Run `ayllu setup models`.")


def test_equal_sums_of_ranks_leave_the_order_of_the_search() -> None:
    assert fuse_ranks([(1, 9.0), (2, 8.0), (3, 1.0)], [(2, 0.7), (1, 0.1)]) == [(1, 9.0), (2, 8.0), (3, 1.0)]


def test_a_reranker_of_another_package_joins_by_its_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "strange-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: strange\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text(
        "[ayllu.rerankers]\nby-length = strange_reranker:ByLength\nbroken = strange_reranker:Nothing\n", "utf-8"
    )
    (tmp_path / "strange_reranker.py").write_text(
        "class ByLength:\n    name = 'by-length'\n    def score(self, query, texts):\n        return [*map(len, texts)]\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    models = ModelStore(tmp_path)
    assert open_reranker("by-length", models).score("q", ["abc"]) == [3]
    with pytest.raises(ConfigError, match="strange"):
        open_reranker("broken", models)
