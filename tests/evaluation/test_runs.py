"""Runs over a file: the figures of a run are those of the predictions that it wrote."""

from pathlib import Path

from ayllu.backends.scripted import ScriptedBackend
from ayllu.config import Settings
from ayllu.evaluation import (
    EvalDoc,
    EvalQuestion,
    EvalSet,
    evaluate_retrieval,
    load_eval_file,
    predict_answers,
    score_predictions,
)
from ayllu.retrieval import Embedder


def test_written_predictions_score_the_same_again(tmp_path: Path, squad_file: Path, embedder: Embedder) -> None:
    eval_set = load_eval_file(squad_file)
    figures = evaluate_retrieval(eval_set, embedder, predictions=tmp_path / "p.jsonl")
    again = score_predictions(tmp_path / "p.jsonl", eval_set)["retrieval"]
    assert figures["recall@1"] == 1
    assert all(figures[name] == round(value, 4) for name, value in again.items())


async def test_with_the_right_passage_given_nothing_else_is_read(embedder: Embedder) -> None:
    texts = ["The red house was built in 1911.", "Ana owns nine goats.", "The red house was rebuilt in 1950 by Tom."]
    documents = [EvalDoc(str(number), text) for number, text in enumerate(texts)]
    about_the_house = [EvalQuestion(name, "When was the red house built?", ["?"], {name: 1}) for name in ("0", "2")]
    far = EvalQuestion("far", "Why is the sky blue?", ["?"], {"1": 1})
    nowhere = EvalQuestion("nowhere", "Who sings?", [], {}, impossible=True)
    eval_set = EvalSet(documents, [*about_the_house, far, nowhere])
    backend = ScriptedBackend(style="span")
    predictions, seconds = await predict_answers(eval_set, eval_set.questions, embedder, backend, Settings(), oracle=True)
    assert [prediction.id for prediction in predictions] == ["0", "2", "far"]
    assert [list(prediction.citations) for prediction in predictions] == [[texts[0]], [texts[2]], [texts[1]]]
    assert not any(prediction.abstained for prediction in predictions)
    assert len(seconds) == 3
