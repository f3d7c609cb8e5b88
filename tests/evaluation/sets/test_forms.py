"""Evaluation files in their three forms, told apart by what is in them; a bad entry is named."""

import json
from pathlib import Path

import pytest
from ayllu.evaluation import EvalFileError, load_eval_file

ENTRY = '{"id": "1", "question": "?", "answers": [], "context": "c"}\n'


def beir_folder(path: Path) -> Path:
    (path / "qrels").mkdir(parents=True)
    (path / "corpus.jsonl").write_text('{"_id": "d1", "title": "T", "text": "body"}\n{"_id": "d2", "text": "other"}\n')
    (path / "queries.jsonl").write_text('{"_id": "q", "text": "what"}\n{"_id": "unjudged", "text": "x"}\n')
    (path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\td1\t2\nq\td2\t0\n")
    return path


def test_squad_paragraphs_are_documents_named_by_their_number(squad_file: Path) -> None:
    eval_set = load_eval_file(squad_file)
    assert [document.id for document in eval_set.documents] == ["0", "1", "2", "3"]
    assert sum(question.impossible for question in eval_set.questions) == 4
    assert [dict(question.relevant) for question in eval_set.questions][:3] == [{"0": 1}, {}, {"1": 1}]


def test_jsonl_lines_of_one_context_share_a_document_and_no_answer_means_unanswerable(tmp_path: Path) -> None:
    entries = [{"id": "q1", "answers": ["x"]}, {"id": "q2", "answers": []}]
    lines = [{**entry, "question": "?", "context": "x y"} for entry in entries]
    (tmp_path / "e.jsonl").write_text("\n".join(map(json.dumps, lines)))
    eval_set = load_eval_file(tmp_path / "e.jsonl")
    assert [document.id for document in eval_set.documents] == ["q1"]
    assert [question.impossible for question in eval_set.questions] == [False, True]


def test_one_line_of_jsonl_is_not_taken_for_squad(tmp_path: Path) -> None:
    (tmp_path / "e.jsonl").write_text(ENTRY)
    assert [document.text for document in load_eval_file(tmp_path / "e.jsonl").documents] == ["c"]


def test_beir_keeps_judged_queries_with_the_grades_above_nought(tmp_path: Path) -> None:
    eval_set = load_eval_file(beir_folder(tmp_path / "beir"))
    assert [document.text for document in eval_set.documents] == ["T\nbody", "other"]
    assert [(question.id, dict(question.relevant)) for question in eval_set.questions] == [("q", {"d1": 2})]


@pytest.mark.parametrize(
    "line", ["not json", '{"id": "2"}', "[1]", '{"id": "2", "question": "?", "answers": 3, "context": "c"}']
)
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "e.jsonl").write_text(ENTRY + line + "\n")
    with pytest.raises(EvalFileError, match=r"e\.jsonl, line 2: it is not an entry"):
        load_eval_file(tmp_path / "e.jsonl")


def test_a_bad_grade_and_a_bad_paragraph_are_named(tmp_path: Path) -> None:
    folder = beir_folder(tmp_path / "beir")
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\td1\tmuch\n")
    with pytest.raises(EvalFileError, match=r"test\.tsv, line 2"):
        load_eval_file(folder)
    (tmp_path / "squad.json").write_text('{"data": [{"paragraphs": [{"context": "c", "qas": [{}]}]}]}')
    with pytest.raises(EvalFileError, match="paragraph 1"):
        load_eval_file(tmp_path / "squad.json")


@pytest.mark.parametrize("content", [b"", b'{"data": []}', b"\xff\xfe\xff"])
def test_a_file_without_a_question_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "empty").write_bytes(content)
    with pytest.raises(EvalFileError, match="empty"):
        load_eval_file(tmp_path / "empty")
    with pytest.raises(EvalFileError, match="cannot be read"):
        load_eval_file(tmp_path / "missing")


def test_a_sample_is_seeded_and_keeps_the_share_of_unanswerable_questions(squad_file: Path) -> None:
    eval_set = load_eval_file(squad_file)
    sample = eval_set.sample(4, seed=1)
    assert sum(question.impossible for question in sample) == 2
    assert sample == eval_set.sample(4, seed=1)


def mtrag_entry(name: str, answerability: str, *context_ids: str, **more: object) -> dict[str, object]:
    contexts = [{"id": each, "text": f"text of {each}"} for each in context_ids]
    entry = {"id": name, "question": f"{name}?", "answers": ["a long answer"], "contexts": contexts}
    return {**entry, "answerability": answerability, **more}


def write_lines(path: Path, *entries: dict[str, object]) -> Path:
    path.write_text("\n".join(map(json.dumps, entries)))
    return path


def test_conversations_keep_their_turns_their_documents_ids_and_what_can_be_asked_of_them(tmp_path: Path) -> None:
    history = [{"question": "first?", "answer": "yes"}, {"question": "second?", "answer": "no"}]
    file = write_lines(
        tmp_path / "m.jsonl",
        mtrag_entry("q1", "ANSWERABLE", "d1", "d2", history=history),
        mtrag_entry("q2", "PARTIAL", "d2"),
        mtrag_entry("q3", "UNANSWERABLE"),
        mtrag_entry("q4", "UNDERSPECIFIED", "d3", history=history[:1]),
    )
    eval_set = load_eval_file(file)
    assert [(document.id, document.text) for document in eval_set.documents] == [
        (name, f"text of {name}") for name in ("d1", "d2", "d3")
    ]
    first, second, third, fourth = eval_set.questions
    assert first.history == [("first?", "yes"), ("second?", "no")]
    assert dict(first.relevant) == {"d1": 1, "d2": 1}
    assert [question.answerable for question in eval_set.questions] == [True, True, False, False]
    assert (third.impossible, fourth.impossible, fourth.underspecified) == (True, False, True)
    assert first.unit == fourth.unit == "first?"
    assert second.unit == "q2?"


def test_each_kind_of_question_keeps_its_share_of_a_sample(tmp_path: Path) -> None:
    kinds = ["ANSWERABLE"] * 6 + ["UNANSWERABLE"] * 2 + ["UNDERSPECIFIED"] * 4
    entries = [mtrag_entry(f"q{n}", kind, "d") for n, kind in enumerate(kinds)]
    sample = load_eval_file(write_lines(tmp_path / "m.jsonl", *entries)).sample(6, seed=3)
    assert [sum(getattr(each, kind) for each in sample) for kind in ("answerable", "impossible", "underspecified")] == [
        3,
        1,
        2,
    ]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (mtrag_entry("q2", "MAYBE", "d1"), "'MAYBE' is no answerability"),
        ({**mtrag_entry("q2", "PARTIAL"), "contexts": [{"id": "d1", "text": "other"}]}, "'d1' has another text"),
        (mtrag_entry("q2", "PARTIAL", "d1", history=["?"]), "it is not an entry"),
        (mtrag_entry("q2", "PARTIAL", "d1", history=[{"question": "?"}]), "it is not an entry"),
    ],
)
def test_a_bad_conversation_is_named(tmp_path: Path, entry: dict[str, object], reason: str) -> None:
    file = write_lines(tmp_path / "m.jsonl", mtrag_entry("q1", "ANSWERABLE", "d1"), entry)
    with pytest.raises(EvalFileError, match=rf"m\.jsonl, line 2: .*{reason}"):
        load_eval_file(file)


def test_answers_are_long_by_their_median(tmp_path: Path) -> None:
    def lengths(*words: int) -> bool:
        entries = [{"id": str(n), "question": "?", "context": "c", "answers": ["w " * each]} for n, each in enumerate(words)]
        return load_eval_file(write_lines(tmp_path / "e.jsonl", *entries)).long_answers

    assert lengths(40, 50, 1)
    assert not lengths(40, 2, 1)
    assert not lengths(0)
