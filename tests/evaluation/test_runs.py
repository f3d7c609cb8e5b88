"""Runs over a file: the figures of a run are those of the predictions that it wrote."""

import json
from collections.abc import Sequence
from pathlib import Path

from autogen_core.models import LLMMessage
from ayllu.agents import SecondReader
from ayllu.backends.scripted import ScriptedBackend
from ayllu.config import AgentSettings, Settings
from ayllu.evaluation import (
    EvalDoc,
    EvalQuestion,
    EvalSet,
    evaluate_answers,
    evaluate_retrieval,
    load_eval_file,
    predict_answers,
    score_answers,
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


def conversation_file(path: Path) -> Path:
    def entry(name: str, question: str, answerability: str, *texts: str, history: Sequence[str] = ()) -> str:
        turns = [{"question": turn, "answer": f"The answer to {turn}"} for turn in history]
        contexts = [{"id": text.split()[1], "text": text} for text in texts]
        answers = ["It was built of red brick in the year 1911 by the mason Tom."]
        fields = {"id": name, "question": question, "answers": answers, "answerability": answerability}
        return json.dumps({**fields, "contexts": contexts, "history": turns})

    ferry, mill = "The ferry leaves from the pier at nine.", "The mill grinds barley for the whole valley."
    path.write_text(
        "\n".join(
            [
                entry("q1", "And when?", "ANSWERABLE", ferry, history=["Where does the ferry leave from?"]),
                entry("q2", "What does the mill grind?", "PARTIAL", mill),
                entry("q3", "Who sings?", "UNANSWERABLE"),
                entry("q4", "Which?", "UNDERSPECIFIED", mill, history=["Is it good?"]),
            ]
        )
    )
    return path


async def test_a_question_is_asked_after_its_own_conversation(tmp_path: Path, embedder: Embedder) -> None:
    eval_set = load_eval_file(conversation_file(tmp_path / "c.jsonl"))
    written_out = "And when does the ferry leave?"

    def reply(messages: Sequence[LLMMessage]) -> str:
        last = str(messages[-1].content)
        return "At nine." if last.startswith("Passages:") else written_out if "And when?" in last else "?"

    backend = ScriptedBackend(otherwise=reply)
    settings = Settings(agents=AgentSettings(team="plain"))
    predictions, _ = await predict_answers(eval_set, eval_set.questions, embedder, backend, settings)
    prompts = [[str(message.content) for message in messages] for messages, _ in backend.client.calls]
    sent = [messages for messages in prompts if messages[-1].startswith("Passages:")]
    assert sent[0][1:3] == ["Where does the ferry leave from?", "The answer to Where does the ferry leave from?"]
    assert [len(messages) for messages in sent] == [4, 2, 2, 4]
    first, second, *_ = predictions
    assert first.query == written_out
    assert first.ranked[0] == "ferry"
    assert first.ranked_typed is not None
    assert (second.query, second.ranked_typed) == ("What does the mill grind?", None)
    assert first.draft == "At nine."


async def test_what_cannot_be_answered_is_reported_apart(tmp_path: Path, embedder: Embedder) -> None:
    eval_set = load_eval_file(conversation_file(tmp_path / "c.jsonl"))
    backend = ScriptedBackend(otherwise=lambda messages: "The mill grinds barley. Its owner died in 1850.")
    settings = Settings(agents=AgentSettings(team="plain"))
    figures = await evaluate_answers(eval_set, embedder, backend, settings)
    assert (figures["questions"], figures["unanswerable"], figures["underspecified"]) == (4, 1, 1)
    assert [figures[f"abstained{kind}"] for kind in ("", "_unanswerable", "_underspecified")] == [0, 0, 0]
    assert 0 < figures["rouge_l"] < 1
    assert figures["supported"] == 0.5
    assert figures["citation_support"] is None  # nothing was marked
    assert figures["evidence_recall"] is None


def test_a_follow_up_is_searched_for_with_its_subject_and_as_it_was_typed(tmp_path: Path, embedder: Embedder) -> None:
    figures = evaluate_retrieval(load_eval_file(conversation_file(tmp_path / "c.jsonl")), embedder)
    assert figures["hit@3"] == 1
    assert figures["hit@3_typed"] <= 1


async def test_a_refused_draft_is_kept_with_what_took_its_place(embedder: Embedder) -> None:
    text = "The red house was built in 1911 by the mason Tom."
    question = EvalQuestion("q", "When was the red house built?", ["1911"], {"d": 1}, evidence=[text])
    eval_set = EvalSet([EvalDoc("d", text)], [question])
    backend = ScriptedBackend(otherwise=lambda messages: "NOT IN THE DOCUMENTS")
    settings = Settings(agents=AgentSettings(critic_threshold=0.0))
    (prediction,), _ = await predict_answers(eval_set, [question], embedder, backend, settings)
    assert (prediction.draft, prediction.abstained) == ("NOT IN THE DOCUMENTS", True)
    figures = score_answers([prediction], eval_set)
    assert (figures["abstained"], figures["contains"], figures["evidence_recall"]) == (1, 0, 1)
    assert figures["supported"] is None


async def test_a_prediction_says_what_the_second_reader_has_read_and_one_setting_turns_it_off(embedder: Embedder) -> None:
    text = "The red house was built in 1911 by the mason Tom, and painted in 1950."
    question = EvalQuestion("q", "When was the red house built?", ["1911"], {"d": 1})
    eval_set = EvalSet([EvalDoc("d", text)], [question])
    backend = ScriptedBackend(otherwise=lambda messages: "The red house was built in 1950.", model="prose-0.5b")
    reader = ScriptedBackend(style="span", likings={"1911": -0.5})
    second, predictions = SecondReader(lambda: reader, patience_s=600.0), []
    for chosen in ("auto", "off"):
        settings = Settings(agents=AgentSettings(critic_threshold=0.0, second_reader=chosen))
        (prediction,), _ = await predict_answers(eval_set, [question], embedder, backend, settings, second_reader=second)
        predictions.append(prediction)
    read, alone = predictions
    assert (read.short, alone.short) == ("1911", "The red house was built in 1950.")
    assert read.draft == alone.draft == "The red house was built in 1950."
    assert read.second_reading is not None
    assert (read.second_reading["short"], read.second_reading["place"]) == ("1911", "first")
    assert alone.second_reading is None
