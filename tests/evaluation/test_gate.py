"""The promotion gate on paired scores."""

import random

import pytest
from ayllu.evaluation import Guard, Outcome, Shares, judge
from ayllu.evaluation.significance import bootstrap_gain, mcnemar, student_quantile


def sample(before: list[float], after: list[float]) -> list[Outcome]:
    """The questions of an imported set."""
    return [Outcome(f"q{at}", f"q{at}", "sample", *pair) for at, pair in enumerate(zip(before, after, strict=True))]


def log(accepted: int, lost: int, corrected: int, gained: int, *, sessions: int = 0) -> list[Outcome]:
    """A person's: of the accepted answers some are lost, of the corrected ones some are gained."""
    answers = [("accepted", 1.0, float(at >= lost)) for at in range(accepted)]
    answers += [("corrected", 0.0, float(at < gained)) for at in range(corrected)]
    return [Outcome(f"q{at}", f"s{at % sessions if sessions else at}", *answer) for at, answer in enumerate(answers)]


def test_a_clear_gain_is_promoted_and_says_so() -> None:
    chance = random.Random(1)
    before = [chance.choice([0.0, 0.5, 1.0]) for _ in range(120)]
    after = [min(1.0, score + chance.choice([0.0, 0.5])) for score in before]
    held = Guard.of_pairs([1.0] * 18 + [0.0] * 2, [1.0] * 17 + [0.0] * 3, 0.02)
    verdict = judge("f1", sample(before, after), Shares(), {"general": held})
    assert verdict.promoted
    assert 0 < verdict.interval[0] < verdict.after - verdict.before < verdict.interval[1]
    assert verdict.reason.startswith("Promoted: f1 went from")


def test_who_only_gains_where_answers_were_wrong_is_not_promoted_for_what_was_right_is_lost() -> None:
    shares = Shares(wrong=50, accepted=50)
    alike = judge("f1", log(50, 12, 50, 12), shares, {})
    assert not alike.promoted
    assert alike.after == pytest.approx(alike.before)
    better = judge("f1", log(80, 3, 60, 20), shares, {})
    assert better.promoted, better.reason
    assert "80 accepted and 60 wrong before, weighed by their shares (0.50 and 0.50)" in better.reason


def test_gains_are_weighed_by_the_shares_in_the_log_not_by_how_many_are_asked() -> None:
    outcomes = log(40, 4, 160, 40)
    verdict = judge("f1", outcomes, Shares(wrong=20, accepted=80), {})
    assert verdict.after - verdict.before == pytest.approx(0.2 * 0.25 - 0.8 * 0.1)
    assert (verdict.accepted.questions, verdict.wrong.questions) == (40, 160)
    assert not verdict.promoted


def test_too_few_accepted_answers_are_no_judgement_and_that_is_said() -> None:
    verdict = judge("f1", log(7, 0, 60, 50), Shares(60, 7), {})
    assert not verdict.promoted
    assert not verdict.judged
    assert "too few accepted answers to judge: 7 of 20; rate answers that are right with F2" in verdict.reason


def test_imported_questions_judge_where_a_log_alone_cannot() -> None:
    imported = sample([0.0, 1.0] * 40, [1.0, 1.0] * 40)
    verdict = judge("f1", log(3, 3, 60, 0) + imported, Shares(60, 3), {})
    assert verdict.promoted
    assert "on 80 questions" in verdict.reason
    assert (verdict.accepted.questions, verdict.wrong.questions) == (40, 40)


def test_what_loses_many_accepted_answers_is_no_gain_however_many_others_it_gains() -> None:
    verdict = judge("f1", log(100, 30, 100, 80), Shares(100, 100), {})
    assert not verdict.promoted
    assert verdict.interval[0] > 0
    assert "loses of the accepted answers may be 0.19 of all answers" in verdict.reason


def test_a_gain_that_is_not_worth_the_change_is_left() -> None:
    verdict = judge("f1", sample([0.5] * 4000, [0.515] * 4000), Shares(), {})
    assert verdict.lower > 0
    assert "which is less than the 0.02 that a change is worth" in verdict.reason


def test_each_further_look_at_the_same_questions_must_be_surer() -> None:
    outcomes = sample([0.0] * 60 + [1.0] * 60, [1.0] * 12 + [0.0] * 48 + [1.0] * 58 + [0.0] * 2)
    looks = [judge("f1", outcomes, Shares(), {}, look=look) for look in range(1, 11)]
    assert looks[0].promoted
    assert not looks[-1].promoted
    assert "it is look 10 at mostly the same questions" in looks[-1].reason
    assert sum(verdict.level for verdict in looks) < 0.05
    assert [verdict.lower for verdict in looks] == sorted((verdict.lower for verdict in looks), reverse=True)


def test_many_questions_of_one_conversation_say_less_than_as_many_of_many() -> None:
    outcomes = [Outcome(f"q{at}", f"s{at // 10}", "sample", 0.0, float(at // 10 % 3 == 0)) for at in range(120)]
    apart = [Outcome(each.question_id, each.question_id, "sample", each.before, each.after) for each in outcomes]
    together, single = (judge("f1", each, Shares(), {}).interval for each in (outcomes, apart))
    assert together[0] < single[0] < single[1] < together[1]


@pytest.mark.parametrize("accepted", [0.3, 0.8])
def test_adapters_that_are_no_better_are_hardly_ever_promoted(accepted: float) -> None:
    chance, promoted = random.Random(3), 0
    for _ in range(60):
        right = [chance.random() < accepted for _ in range(60)]
        after = [chance.random() > 0.12 / accepted if old else chance.random() < 0.12 / (1 - accepted) for old in right]
        origins = ["accepted" if old else "corrected" for old in right]
        outcomes = [
            Outcome(str(at), str(at), origins[at], float(right[at]), float(after[at]))  # type: ignore[arg-type]
            for at in range(60)
        ]
        promoted += judge("f1", outcomes, Shares(right.count(False), right.count(True)), {}).promoted
    assert promoted <= 3


def test_a_guard_that_certainly_falls_keeps_a_gain_from_being_promoted() -> None:
    outcomes = sample([0.0] * 50, [1.0] * 50)
    fallen = Guard.of_pairs([1.0] * 50, [1.0] * 40 + [0.0] * 10, 0.02)
    verdict = judge("f1", outcomes, Shares(), {"citation_precision": fallen})
    assert not verdict.promoted
    assert "citation precision fell from 1.000 to 0.800" in verdict.reason


def test_a_guard_that_falls_by_chance_stops_nothing_and_says_what_it_could_have_seen() -> None:
    few = Guard.of_pairs([1.0] * 20, [1.0] * 19 + [0.0], 0.02)
    many = Guard.of_pairs([1.0] * 2000, [1.0] * 1900 + [0.0] * 100, 0.02)
    assert few.held
    assert not many.held
    assert few.seen is not None
    assert many.seen is not None
    assert few.seen > 0.1 > many.seen


def test_what_could_not_be_measured_guards_nothing() -> None:
    assert Guard.of_pairs([], [], 0.0).held


def test_the_bootstrap_is_seeded_and_covers_the_mean() -> None:
    before, after = [0.0, 1.0] * 40, [0.0, 1.0, 1.0, 1.0] * 20
    bootstrap = bootstrap_gain(before, after, seed=3)
    assert bootstrap == bootstrap_gain(before, after, seed=3)
    assert bootstrap.low < 0.25 < bootstrap.high


@pytest.mark.parametrize(
    ("gained", "lost", "p"),
    [(0, 0, 1.0), (5, 0, 0.0625), (10, 2, 0.03857421875), (3, 3, 1.0)],  # R's binom.test(min, n)
)
def test_mcnemar_is_exact(gained: int, lost: int, p: float) -> None:
    before = [False] * gained + [True] * lost + [True, False]
    after = [True] * gained + [False] * lost + [True, False]
    assert mcnemar(before, after) == pytest.approx(p)


@pytest.mark.parametrize(("freedom", "quantile"), [(5, 2.5706), (10, 2.2281), (30, 2.0423), (1000, 1.9623)])  # R's qt(0.975)
def test_quantiles_of_students_t(freedom: float, quantile: float) -> None:
    assert student_quantile(0.975, freedom) == pytest.approx(quantile, abs=0.004)


def test_nothing_to_compare_is_an_error() -> None:
    with pytest.raises(ValueError, match="same questions"):
        bootstrap_gain([], [])
    with pytest.raises(ValueError, match="needs questions"):
        judge("f1", [], Shares(), {})
