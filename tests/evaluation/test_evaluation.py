"""Evaluation files in their three forms, and figures that a written file gives again."""

import json
from pathlib import Path

import pytest
from ayllu.backends.scripted import ScriptedBackend
from ayllu.config import Settings
from ayllu.evaluation import (
    EvalDoc,
    EvalFileError,
    EvalQuestion,
    EvalSet,
    auc,
    evaluate_retrieval,
    load_eval_file,
    metrics,
    predict_answers,
    score_predictions,
)
from ayllu.retrieval import Embedder


def squad(path: Path) -> Path:
    paragraphs = [
        {
            "context": f"The {name} house was built in {1900 + at}.",
            "qas": [
                {"id": f"a{at}", "question": f"When was the {name} house built?", "answers": [{"text": str(1900 + at)}]},
                {"id": f"i{at}", "question": "Who owns it?", "answers": [], "is_impossible": True},
            ],
        }
        for at, name in enumerate(["red", "blue", "green", "yellow"])
    ]
    path.write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}))
    return path


def test_squad_jsonl_and_beir_say_the_same(tmp_path: Path) -> None:
    first = load_eval_file(squad(tmp_path / "squad.json"))
    assert [one.id for one in first.documents] == ["0", "1", "2", "3"]
    assert sum(one.impossible for one in first.questions) == 4
    entries = [{"id": "q1", "answers": ["x"]}, {"id": "q2", "answers": []}]
    lines = [{**entry, "question": "?", "context": "x y"} for entry in entries]
    (tmp_path / "e.jsonl").write_text("\n".join(map(json.dumps, lines)))
    second = load_eval_file(tmp_path / "e.jsonl")
    assert [one.id for one in second.documents] == ["q1"]
    assert [one.impossible for one in second.questions] == [False, True]
    beir = tmp_path / "beir"
    (beir / "qrels").mkdir(parents=True)
    (beir / "corpus.jsonl").write_text('{"_id": "d1", "title": "T", "text": "body"}\n')
    (beir / "queries.jsonl").write_text('{"_id": "q", "text": "what"}\n{"_id": "unjudged", "text": "x"}\n')
    (beir / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\td1\t2\n")
    third = load_eval_file(beir)
    assert third.documents[0].text == "T\nbody"
    assert [(one.id, dict(one.relevant)) for one in third.questions] == [("q", {"d1": 2})]


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "e.jsonl").write_text('{"id": "1", "question": "?", "answers": [], "context": "c"}\nnot json\n')
    with pytest.raises(EvalFileError, match="line 2"):
        load_eval_file(tmp_path / "e.jsonl")


def test_a_sample_is_seeded_and_keeps_the_share_of_unanswerable_questions(tmp_path: Path) -> None:
    whole = load_eval_file(squad(tmp_path / "squad.json"))
    sample = whole.sample(4, seed=1)
    assert sum(one.impossible for one in sample) == 2
    assert sample == whole.sample(4, seed=1)


def test_answers_score_as_the_squad_script_scores_them() -> None:
    assert metrics.exact_match("The  Eiffel Tower!", ["eiffel tower"]) == 1
    assert metrics.f1("in the year 1889", ["1889"]) == pytest.approx(0.5)
    assert metrics.contains("1889 [1]\n\n> “Built in 1889.” [1]", ["1889"]) == 1
    assert metrics.contains("18890", ["1889"]) == 0
    assert metrics.answer_words("two words [12]") == 2
    assert metrics.ndcg(["b", "a"], {"a": 2, "b": 1}) == pytest.approx((1 + 2 / 1.58496) / (2 + 1 / 1.58496), abs=1e-4)
    assert auc([0.9, 0.1], [True, False]) == 1


def test_written_predictions_score_the_same_again(tmp_path: Path, embedder: Embedder) -> None:
    whole = load_eval_file(squad(tmp_path / "squad.json"))
    figures = evaluate_retrieval(whole, embedder, predictions=tmp_path / "p.jsonl")
    again = score_predictions(tmp_path / "p.jsonl", whole)["retrieval"]
    assert figures["recall@1"] == 1
    assert all(figures[name] == round(value, 4) for name, value in again.items())


async def test_with_the_right_passage_given_nothing_else_is_read(embedder: Embedder) -> None:
    texts = ["The red house was built in 1911.", "Ana owns nine goats.", "The red house was rebuilt in 1950 by Tom."]
    documents = [EvalDoc(str(at), text) for at, text in enumerate(texts)]
    asked = [EvalQuestion(name, "When was the red house built?", ["?"], {name: 1}) for name in ("0", "2")]
    far = EvalQuestion("far", "Why is the sky blue?", ["?"], {"1": 1})
    nowhere = EvalQuestion("nowhere", "Who sings?", [], {}, impossible=True)
    whole = EvalSet(documents, [*asked, far, nowhere])
    found, taken = await predict_answers(
        whole, whole.questions, embedder, ScriptedBackend(style="span"), Settings(), oracle=True
    )
    assert [one.id for one in found] == ["0", "2", "far"]
    assert [list(one.citations) for one in found] == [[texts[0]], [texts[2]], [texts[1]]]
    assert not any(one.abstained for one in found)
    assert len(taken) == 3
