"""How many probes decide whether an exported adapter answers as the trained one."""

from collections.abc import Callable, Sequence

import pytest
from ayllu.training import NoParity
from ayllu.training.export import Parity
from ayllu.training.loop.fit import MOST_PROBES, PROBES, probe_export


def checked(apart: set[str], counts: list[int]) -> Callable[[Sequence[str]], Parity]:
    """A check by which the probes `apart` are answered otherwise; `counts` gets how many it was asked each time."""

    def check(probes: Sequence[str]) -> Parity:
        counts.append(len(probes))
        agreed = sum(probe not in apart for probe in probes)
        if agreed < 0.95 * len(probes):
            raise NoParity("They part.", hint="Nothing was put to use.")
        return Parity(len(probes), agreed)

    return check


@pytest.mark.parametrize(
    ("apart", "count", "agreed"),
    [(set(), [PROBES], PROBES), ({"1"}, [PROBES, MOST_PROBES], MOST_PROBES - 1)],
    ids=["all alike", "a tie among the first"],
)
def test_one_tie_among_few_probes_is_looked_into_with_more(apart: set[str], count: list[int], agreed: int) -> None:
    counts: list[int] = []
    assert probe_export(checked(apart, counts), [str(at) for at in range(MOST_PROBES)]).agreed == agreed
    assert counts == count


@pytest.mark.parametrize("probes", [PROBES, MOST_PROBES])
def test_what_answers_otherwise_is_refused(probes: int) -> None:
    with pytest.raises(NoParity):
        probe_export(checked({"0", "1", "2", "3"}, []), [str(at) for at in range(probes)])
