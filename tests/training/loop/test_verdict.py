"""The gate's word on models that write prose."""

from dataclasses import replace

from ayllu.evaluation import EvalDoc, EvalQuestion, EvalSet, Prediction, Shares
from ayllu.training.loop.held_out import HeldOut
from ayllu.training.loop.likelihood import Likelihood
from ayllu.training.loop.measurement import Measurement
from ayllu.training.loop.verdict import judge_measurements

NOTHING = EvalSet([], [])


def answered(name: str, text: str, **fields: object) -> Prediction:
    plain = Prediction(name, text, text, "draft", False, ["Opens at ten."], [], [], style="prose")
    return replace(plain, **{"supported": 1.0, "citation_support": 1.0, **fields})


def split_of(origin: str, count: int = 30) -> HeldOut:
    names = [f"q{at}" for at in range(count)]
    origins = {name: ("accepted" if origin == "log" and at % 3 else "corrected") for at, name in enumerate(names)}
    questions = [EvalQuestion(name, "When?", ["ten"], {"d": 1}) for name in names]
    evaluated = EvalSet([EvalDoc("d", "Opens at ten.")], questions)
    if origin == "file":
        return HeldOut([], [], {}, evaluated, evaluated)
    return HeldOut([], [], {}, evaluated, evaluated, Shares(10, 20), origins=origins, units={name: name for name in names})


def test_free_text_is_judged_by_support_marks_length_and_likelihood_and_not_by_its_words() -> None:
    split = split_of("log")
    names = [question.id for question in split.evaluated.questions]
    worded = [answered(name, "At the tenth hour [1].") for name in names]
    unlikely, likely = ({name: Likelihood(logprob, 1) for name in names} for logprob in (-3.0, -0.1))
    unsupported = [replace(each, supported=0.0, citation_support=None) for each in worded]
    verdict = judge_measurements(
        split, NOTHING, Measurement(unsupported, likelihoods=unlikely), Measurement(worded, likelihoods=likely), 1, "prose"
    )
    assert (verdict.metric, verdict.promoted) == ("quality", True)
    assert verdict.after > verdict.before + 0.4
    assert verdict.guards["supported"].before == 0.0
    back = judge_measurements(
        split, NOTHING, Measurement(worded, likelihoods=likely), Measurement(unsupported, likelihoods=unlikely), 1, "prose"
    )
    assert not back.promoted
    assert not back.guards["supported"].held


def test_the_answers_of_a_file_are_right_where_they_are_contained() -> None:
    split = split_of("file")
    names = [question.id for question in split.evaluated.questions]
    wrong, right = (
        [answered(name, f"It opens at {hour} in the morning [1].") for name in names] for hour in ("nine", "ten")
    )
    verdict = judge_measurements(split, NOTHING, Measurement(wrong), Measurement(right), 1, "prose")
    assert (verdict.metric, verdict.before, verdict.after, verdict.promoted) == ("contains", 0.0, 1.0, True)
