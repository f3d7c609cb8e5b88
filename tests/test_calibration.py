"""What `benchmarks/refit.py` writes is what the program goes by."""

from dataclasses import fields

from ayllu.agents.judging import CALIBRATION, Signals
from ayllu.calibration import fitted


def test_every_signal_has_its_weight_and_the_rest_is_a_share() -> None:
    bounds = {"threshold", "prose_threshold", "quote_threshold", "hopeless"}
    of_draft = {"draft_bias", "draft_log_odds", "draft_nearness"}
    for weights in fitted().critic.values():
        assert set(weights) == {"bias", *bounds, *of_draft, *(signal.name for signal in fields(Signals))}
        assert all(0 < weights[bound] < 1 for bound in bounds)
    assert 0 < fitted().dense_share < 1
    assert 0 < CALIBRATION.hopeless < CALIBRATION.quote_threshold < 1


def test_each_part_says_what_it_was_fitted_on() -> None:
    assert set(fitted().origin) == {"fusion", "critic", "threshold", "prose_threshold", "quote_threshold", "hopeless"}
    assert all("fitted_on" in part for part in fitted().origin.values())
