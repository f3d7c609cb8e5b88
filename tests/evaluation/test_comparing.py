"""Two runs side by side: paired by question, pooled over sets, judged by document or conversation."""

from collections.abc import Callable
from pathlib import Path

import pytest
from ayllu.evaluation import EvalDoc, EvalQuestion, EvalSet, Prediction, PredictionsUnusable, compare_files
from ayllu.evaluation.predictions import Gold, Line
from ayllu.evaluation.significance import adjust_for_several, bootstrap_gain

Write = Callable[..., Path]


def prediction(name: str, answer: str, **more: object) -> Prediction:
    abstained = not answer
    return Prediction(name, answer, answer, "abstained" if abstained else "draft", abstained, [answer], [], [], **more)  # type: ignore[arg-type]


def question(name: str, answer: str = "yes", unit: str = "", **more: object) -> EvalQuestion:
    return EvalQuestion(name, "?", [answer], {"d": 1}, unit=unit or name, **more)  # type: ignore[arg-type]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file of predictions with the right answer `yes` each: `answers` by the question's id."""

    def lines(name: str, answers: dict[str, str], sha256: str = "s", **more: object) -> Path:
        file = tmp_path / name
        run = {"set": {"name": f"{sha256}.json", "sha256": sha256}}
        file.write_text(
            "".join(
                Line(prediction(each, answer), Gold(question(each, **more)), run).to_json() + "\n"
                for each, answer in answers.items()
            )
        )
        return file

    return lines


def test_what_the_second_gained_is_counted_with_its_interval_and_exact_p(write: Write) -> None:
    a = write("a.jsonl", {f"q{n}": "yes" if n < 10 else "no" for n in range(20)})
    b = write("b.jsonl", {f"q{n}": "no" if n == 0 else "yes" if n < 15 else "" for n in range(20)})
    metrics = compare_files([a], [b])["metrics"]
    figures = metrics["contains"]
    assert (figures["a"], figures["b"], figures["gain"], figures["n"]) == (0.5, 0.7, 0.2, 20)
    assert figures["interval"][0] < 0.2 < figures["interval"][1]
    assert figures["p"] == pytest.approx(0.2188, abs=1e-4)  # 5 gained, 1 lost: R's binom.test(1, 6)
    assert (metrics["abstained"]["a"], metrics["abstained"]["b"]) == (0, 0.25)
    assert metrics["citation_precision"]["n"] == 15  # of the answers that both gave
    assert "rouge_l" not in metrics


def test_a_run_against_itself_gains_nothing(write: Write) -> None:
    a = write("a.jsonl", {f"q{n}": "yes" if n % 2 else "no" for n in range(9)})
    for figures in compare_files([a], [a])["metrics"].values():
        assert (figures["gain"], figures["interval"], figures["p"]) == (0, [0, 0], 1)


def test_questions_of_several_sets_are_pooled_and_kept_apart(write: Write) -> None:
    a = [write("a1", {"q": "yes"}), write("a2", {"q": "no", "only": "yes"}, sha256="t")]
    b = [write("b1", {"q": "no"}), write("b2", {"q": "yes"}, sha256="t")]
    compared = compare_files(a, b)
    assert compared["metrics"]["contains"]["n"] == compared["questions"] == 2
    assert compared["metrics"]["contains"]["gain"] == 0
    assert compared["left_out"] == {"a": 1, "b": 0}
    assert compared["sets"] == {"s.json": 1, "t.json": 1}


def test_the_long_answers_of_one_set_and_the_short_ones_of_another_are_one_figure(write: Write, tmp_path: Path) -> None:
    file = tmp_path / "long.jsonl"
    gold = Gold(question("l", "the shop opens at nine"), long_answers=True)
    file.write_text(Line(prediction("l", "the shop opens at ten"), gold, {"set": {"sha256": "t"}}).to_json())
    sides = [[write("a", {"q": "yes"}), file]] * 2
    metrics = compare_files(*sides)["metrics"]
    assert metrics["rouge_l"]["a"] == 0.8
    assert metrics["contains/rouge_l"]["a"] == 0.9
    assert metrics["contains"]["a"] == 0.5


def test_unanswerable_questions_count_in_their_refusals_alone(write: Write) -> None:
    a, b = (write(name, {"q": answer}, impossible=True) for name, answer in (("a", "yes"), ("b", "")))
    metrics = compare_files([a], [b])["metrics"]
    assert list(metrics) == ["abstained_unanswerable"]
    assert metrics["abstained_unanswerable"]["gain"] == 1


def test_lines_of_others_are_scored_by_the_questions_named(tmp_path: Path) -> None:
    file = tmp_path / "others.jsonl"
    file.write_text(Line(prediction("q", "yes")).to_json().replace('"run": null', '"more": 1'))
    with pytest.raises(PredictionsUnusable, match="right answer to the question 'q'"):
        compare_files([file], [file])
    eval_set = EvalSet([EvalDoc("d", "text")], [question("q")], "e.json", "s")
    assert compare_files([file], [file], [eval_set])["metrics"]["contains"]["a"] == 1


def test_what_cannot_be_paired_is_named(write: Write, tmp_path: Path) -> None:
    a, b = write("a", {"q": "yes"}), write("b", {"q": "yes"}, sha256="t")
    with pytest.raises(PredictionsUnusable, match="no question in common"):
        compare_files([a], [b])
    with pytest.raises(PredictionsUnusable, match="answered on the same side before"):
        compare_files([a, a], [a])
    with pytest.raises(PredictionsUnusable, match="cannot be read"):
        compare_files([tmp_path / "missing"], [a])
    (tmp_path / "odd").write_text('{"id": "q"}\n')
    with pytest.raises(PredictionsUnusable, match="odd, line 1: it is no prediction"):
        compare_files([tmp_path / "odd"], [a])


def test_questions_of_one_conversation_are_drawn_together() -> None:
    before, after = [0.0] * 40, [1.0] * 20 + [0.0] * 20
    apart = bootstrap_gain(before, after)
    together = bootstrap_gain(before, after, units=[n // 10 for n in range(40)])
    assert together.high - together.low > 1.5 * (apart.high - apart.low)
    assert together == bootstrap_gain(before, after, units=[n // 10 for n in range(40)])


def test_several_p_values_are_adjusted_as_benjamini_and_hochberg_do() -> None:
    # R's p.adjust(c(0.01, 0.04, 0.03, 0.5), "BH")
    assert adjust_for_several([0.01, 0.04, 0.03, 0.5]) == pytest.approx([0.04, 0.16 / 3, 0.16 / 3, 0.5])
    assert adjust_for_several([]) == []
