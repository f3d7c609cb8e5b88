"""What is kept of a question is read back as it was, whoever wrote it."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ayllu.agents.refits import facts_of, why_no_label
from ayllu.conversations import (
    ChatMessage,
    Citation,
    DocumentsRead,
    Evidence,
    Exchange,
    ExchangeUnreadable,
    Origin,
    RawPrompt,
    Sampling,
    ScoredCandidate,
    ShownPassage,
)
from ayllu.conversations.version import VERSION
from ayllu.feedback import FeedbackEvent
from ayllu.tests.exchanges import SENTENCE, exchange, old_row
from ayllu.training import collect_corrections

ASK_FIELDS = {
    *("question", "answer", "short", "kind", "abstained", "evidence", "citations", "passages", "requested_backend"),
    *("backend", "model", "adapter", "message_id", "session_id", "warnings", "timings"),
    *("unsupported", "withdrawn", "second_reading", "asks_back", "documents_read", "memory", "recollections"),
}
FULL = exchange(
    prompts=(ChatMessage("system", "Be short."), RawPrompt("Text: …", ("7:45",), SENTENCE)),
    candidates=(ScoredCandidate("7:45", 2.5, 0.9, -1, 1, 0, 25),),
    sampling=Sampling(0.0, 512, 7),
    versions={"ayllu": "0.2.0", "embedder": "onnx"},
    team="default",
    origin=Origin("a.jsonl", 3),
)


def written(kept: Exchange) -> Any:
    return json.loads(json.dumps(kept.to_json()))


def test_what_was_written_is_read_back() -> None:
    assert Exchange.from_json(written(FULL)) == FULL
    assert written(Exchange.from_json(written(FULL))) == written(FULL)


def test_an_exchange_kept_before_statements_were_marked_is_read() -> None:
    row = written(FULL)
    del row["thought"], row["answer"]["unsupported"], row["answer"]["withdrawn"]
    assert Exchange.from_json(row) == FULL


def test_how_much_was_read_and_what_was_asked_back_is_kept_and_may_be_missing() -> None:
    read = DocumentsRead(("/docs/ferry.md",), 3, 2, "stopped")
    kept = replace(FULL, answer=replace(FULL.answer, documents_read=read, asks_back=("The ferry", "The bus")))
    assert Exchange.from_json(written(kept)) == kept
    row = written(kept)
    del row["answer"]["documents_read"], row["answer"]["asks_back"]
    assert Exchange.from_json(row) == FULL


def test_the_answer_is_the_contract_s_ask_object() -> None:
    assert set(FULL.answer.to_json()) == ASK_FIELDS
    (citation,) = FULL.answer.to_json()["citations"]
    assert citation == {
        **{"n": 1, "source": "/docs/ferry.md", "page": None, "text": SENTENCE, "score": 0.9},
        **{"page_label": None, "heading": "", "line": None, "also_in": ()},
    }


def test_a_mark_leads_to_the_sentence_that_is_quoted_else_to_where_its_passage_begins() -> None:
    answer = FULL.answer
    (citation,) = answer.citations
    sixth, ninth = (Evidence(1, citation.source, None, text, 0, 9, line=at) for text, at in ((SENTENCE, 6), ("Else.", 9)))
    quoting = replace(answer, answer=f"“{SENTENCE}” [1]", evidence=(ninth, sixth))
    assert quoting.cited_places() == [(1, sixth)]
    assert replace(quoting, answer="It does [1].").cited_places() == [(1, citation)]


def test_a_citation_kept_before_printed_pages_and_headings_is_read() -> None:
    row = written(FULL)
    for citation in (*row["answer"]["citations"], *row["answer"]["passages"], *row["answer"]["evidence"]):
        for name in ("page_label", "heading", "line", "also_in"):
            del citation[name]
    assert Exchange.from_json(row) == FULL
    assert set(FULL.answer.to_json()["timings"]) == {"search_s", "evidence_s", "first_token_s", "total_s", "tokens"}


def test_who_reads_the_log_by_hand_finds_who_answered_at_the_top() -> None:
    row = written(FULL)
    assert (row["message_id"], row["session_id"], row["backend"], row["model"]) == ("m1", "s1", "llamacpp", "m")
    assert row["person"] == "ana"


def test_a_row_of_0_1_0_is_read_whole() -> None:
    kept = Exchange.from_json(old_row())
    assert (kept.question, kept.query, kept.style, kept.team) == ("and when?", "the ferry and when?", "span", "default")
    assert kept.prompts == (RawPrompt("Text: …", ("7:45",), "It leaves at 7:45."),)
    assert kept.sampling == Sampling(0.0, 512, None)
    assert kept.answer.answerable == 0.75
    assert kept.answer.timings.total_s == 1.5
    assert (kept.person, kept.candidates, kept.versions) == ("", (), {})
    assert Exchange.from_json(written(kept)) == kept


def test_an_exchange_of_form_2_is_read_whole_and_what_it_did_not_write_down_is_not_known() -> None:
    row = json.loads((Path(__file__).parent / "exchange_of_form_2.json").read_text("utf-8"))  # as that version wrote it
    assert row["version"] == 2
    kept = Exchange.from_json(row)
    assert kept == replace(FULL, origin=None)
    assert (kept.critic, kept.ranked, kept.sentences, kept.dense_share, kept.propensity) == (None, (), (), None, None)
    assert kept.candidates[0].features == {}
    assert written(kept)["version"] == VERSION
    assert Exchange.from_json(written(kept)) == kept
    with pytest.raises(ExchangeUnreadable, match="a later ayllu wrote it"):
        Exchange.from_json({**row, "version": VERSION + 1})


def test_of_an_exchange_of_form_2_a_correction_is_learnt_from_and_a_refusal_says_that_it_must_be_asked_again() -> None:
    row = json.loads((Path(__file__).parent / "exchange_of_form_2.json").read_text("utf-8"))
    event = FeedbackEvent("f1", "", "rating", "m1", None, {"correction": "7:45 [1]", "message": row})
    (correction,), left_out = collect_corrections([event], "span")
    assert (correction.answer, correction.passages, left_out) == ("7:45", [SENTENCE], {})
    (facts,) = facts_of(event)
    assert (facts.judged, facts.corrected_from) == (False, "c1")
    assert "ask again" in str(why_no_label(facts))


def test_the_passages_of_a_row_of_0_1_0_get_the_marks_they_had_on_screen() -> None:
    kept = Exchange.from_json(old_row())
    assert [(passage.n, passage.chunk_id) for passage in kept.passages] == [(2, "c9"), (1, "c4")]
    assert kept.passage(1) == ShownPassage(1, "c4", "b.md", None, "It leaves at 7:45.")
    assert kept.passage(3) is None


def test_an_old_passage_that_was_not_shown_takes_nobody_s_mark() -> None:
    lost = {"n": 1, "chunk_id": "c0", "source": "lost.md", "page": None, "text": "Lost."}
    kept = Exchange.from_json(old_row(passages=[lost, *old_row()["passages"]]))
    assert [(passage.n, passage.chunk_id) for passage in kept.passages] == [(3, "c0"), (2, "c9"), (1, "c4")]


def test_passages_alike_in_every_word_keep_marks_of_their_own() -> None:
    row = old_row()
    row["answer"]["passages"] = [{**row["answer"]["passages"][0], "n": n} for n in (1, 2)]
    row["passages"] = [{**row["passages"][1], "chunk_id": f"c{n}"} for n in (1, 2)]
    assert [(passage.n, passage.chunk_id) for passage in Exchange.from_json(row).passages] == [(1, "c1"), (2, "c2")]


def test_a_question_that_0_1_0_imported_keeps_the_numbers_of_its_file() -> None:
    bare = {"answer": "", "short": "", "kind": "imported", "abstained": False, "citations": []}
    row = old_row(answer=bare, sampling={"style": "span", "query": "When?", "file": "squad.json", "line": 7})
    del row["created_at"]
    kept = Exchange.from_json(row)
    assert kept.passage(2) == ShownPassage(2, "c4", "b.md", None, "It leaves at 7:45.")
    assert (kept.message_id, kept.session_id, kept.answer.kind) == ("m1", "s1", "imported")
    assert kept.origin == Origin("squad.json", 7)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"version": 99}, "later ayllu"),
        ({"style": "poem"}, "style"),
        ({"passages": [{"n": "1"}]}, r"passages\.0"),
        ({"surprise": 1}, "surprise"),
        ({"messages": [{"role": "user"}]}, "prompts"),
    ],
)
def test_what_is_no_exchange_is_refused_with_the_place(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ExchangeUnreadable, match=words):
        Exchange.from_json({**written(FULL), **change})


def test_a_row_that_is_not_even_an_object_is_refused() -> None:
    for row in ([], "m1", {"version": 1}, {"question": "When?"}):
        with pytest.raises(ExchangeUnreadable):
            Exchange.from_json(row)


def test_halves_of_characters_do_not_make_a_row_unreadable() -> None:
    kept = exchange(question="caf\udcc3")
    assert Exchange.from_json(written(kept)).question == "caf?"


def test_the_types_are_there_without_waiting_for_pydantic() -> None:
    code = "import sys, ayllu.conversations; sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_is_no_number_is_written_as_json_that_every_reader_takes() -> None:
    strange = (Citation(1, "a.md", None, "…", float("nan")),)
    kept = exchange(answered={"citations": strange, "answerable": float("inf")})
    for form in (kept.to_json(), kept.answer.to_json()):
        text = json.dumps(form, allow_nan=False)
        assert "NaN" not in text
    assert Exchange.from_json(written(kept)).answer.citations[0].score == 0.0
