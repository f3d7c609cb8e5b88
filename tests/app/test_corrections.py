"""What the counter counts is what `improve` would learn from, and what it leaves out says why at once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ayllu.app import (
    Application,
    corrections_left_out,
    count_uses,
    progress_to_learning,
    taught_style,
    usable_corrections,
    usable_for,
)
from ayllu.backends.scripted import ScriptedBackend
from ayllu.conversations import ChatMessage
from ayllu.feedback import FeedbackEvent
from ayllu.paths import find
from ayllu.retrieval import HashingEmbedder
from ayllu.tests.exchanges import exchange
from ayllu.training import collect_corrections

LONG = "When does the old ferry that brings the letters and the bread over to the island of Amantani leave the harbour"
SAMPLE = "On which day is the library closed every week?"


@pytest.fixture
def application(tmp_path: Path) -> Iterator[Application]:
    with Application(find(tmp_path / "home"), embedder=HashingEmbedder(), backend=ScriptedBackend()) as application:
        application.override_settings({"person": "ana"})
        yield application


def correct(application: Application, question: str, correction: str, person: str = "ana", **fields: Any) -> Any:
    name = f"m{len(application.feedback.list())}"
    kept = exchange(name, question=question, **fields)
    application.feedback.rate(kept, person=person, correction=correction)
    return kept


def fill(application: Application) -> None:
    """A log with each kind of correction, and with what is none."""
    log = application.feedback
    correct(application, "When does it leave?", "at 7:45")  # said again below
    correct(application, "When does it leave?", "The ferry")  # another answer: both are learnt
    correct(application, "when does it leave", "7:45", person="ben")
    correct(application, "When does it leave?", "at 7:45")
    correct(application, f"{LONG}?", "7:45")  # nearly the same below
    correct(application, f"{LONG} then?", "7:45", person="ben")
    correct(application, "Who steers it?", "nobody knows for certain")  # in none of the words
    correct(application, "Who owns it?", "Ana", passages=(), prompts=())
    correct(application, "How does it run?", "The ferry", style="prose", prompts=(ChatMessage("user", "How?"),))
    correct(application, SAMPLE, "7:45")
    taken_back = correct(application, "What was taken back?", "The ferry")
    log.take_back(taken_back, person="ana")
    log.rate(exchange("r1", question="What is rated?"), person="ana", rating="up")
    log.prefer(exchange("p1", question="Which?"), exchange("p2", question="Which?"), person="ana")
    log.append(FeedbackEvent("e1", "", "rating", "d1", None, {"correction": "7:45", "message": {"question": "When?"}}))


@pytest.mark.parametrize("backend", ["llamacpp", "ollama"])
def test_the_counter_and_improve_agree_over_every_kind_of_correction(application: Application, backend: str) -> None:
    application.override_settings({"backend": backend})
    fill(application)
    style = taught_style(application)
    assert style == ("span" if backend == "llamacpp" else "prose")
    usable, left_out = collect_corrections(application.feedback.standing(), style, embedder=application.embedder)
    reasons = corrections_left_out(application)
    assert [name for name, reason in reasons.items() if reason is None] == [each.event_id for each in usable]
    assert usable_corrections(application) == len(usable) == count_uses(application).by_use["training"]
    assert f"{len(usable)} " in progress_to_learning(application)
    left_out.pop("without a correction")
    assert sum(left_out.values()) == len(reasons) - len(usable)
    assert {"duplicates", "near duplicates", "unreadable", "without passages"} <= set(left_out)
    why = " ".join(count_uses(application).not_learnt_from)
    assert "A later correction says the same of the same question" in why
    assert "A later correction says the same of a question that means the same" in why


def test_a_question_on_the_sample_can_be_learnt_from_as_any_other(application: Application) -> None:
    assert usable_for(application, exchange(question=SAMPLE), correction="7:45")["training"] is True


def test_where_nobody_who_answers_loads_adapters_the_counter_says_so(application: Application) -> None:
    application.override_settings({"backend": "ollama"})
    correct(application, "When does it leave?", "at 7:45")
    assert progress_to_learning(application).startswith(
        "1 correction to learn from, but the backend in use loads no adapters"
    )
