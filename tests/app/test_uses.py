"""What feedback is used for is said of each kind, counted over the log, and what it gained is measured on the log."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ayllu.app import Application, count_uses, event_usable_for, measure_gains, usable_for
from ayllu.backends.scripted import ScriptedBackend
from ayllu.conversations import CriticRecord, Exchange, RankedPassage, ShownPassage
from ayllu.feedback import FeedbackEvent
from ayllu.paths import find
from ayllu.retrieval import Document, HashingEmbedder, Parsed
from ayllu.tests.exchanges import SENTENCE, SOURCE, exchange

RECORD = CriticRecord({}, 0.25, 0.25, 0.32, 0.32, 0.0, "prose", "hopeless")
RANKED = (RankedPassage("c2", 1.0, 2.0), RankedPassage("c1", 2.0, 0.5))
REFUSAL = {"kind": "abstained", "citations": (), "short": "", "answer": "I could not find this in your documents."}


@pytest.fixture
def application(tmp_path: Path) -> Iterator[Application]:
    with Application(find(tmp_path / "home"), embedder=HashingEmbedder(), backend=ScriptedBackend()) as application:
        application.override_settings({"person": "ana"})
        application.library.add([Document("documents", SOURCE, "test", Parsed(SENTENCE, "text/plain"))])
        yield application


def kept(message_id: str, question: str = "When does the ferry leave?", **fields: Any) -> Exchange:
    values: dict[str, Any] = {
        "critic": RECORD,
        "ranked": RANKED,
        "style": "prose",
        "collections": ("documents",),
        "versions": {"embedder": HashingEmbedder().name},
        "passages": (ShownPassage(1, "c1", SOURCE, None, SENTENCE, "documents"),),
    }
    return exchange(message_id, question=question, **{**values, **fields})


def refusal(message_id: str, **fields: Any) -> Exchange:
    return kept(message_id, f"When does {message_id} leave?", answered=REFUSAL, **fields)


NO_BOUND = replace(RECORD, decided="")


@pytest.mark.parametrize(
    ("answer", "parts", "uses"),
    [
        (kept, {"correction": "at 7:45"}, {"memory", "pins", "fusion", "training", "gate"}),
        (kept, {"rating": "up"}, {"memory", "pins", "fusion", "gate"}),
        (kept, {"rating": "down"}, {"gate"}),
        (kept, {"rating": "partly"}, set()),
        (kept, {"citation_wrong": 1}, {"pins"}),
        (refusal, {"rating": "up"}, {"critic"}),
        (refusal, {"rating": "down"}, {"critic", "gate"}),
        (refusal, {"abstention": "wrong"}, {"critic"}),
        (refusal, {"correction": "at 7:45"}, {"memory", "pins", "critic", "fusion", "training", "gate"}),
    ],
)
def test_each_kind_of_feedback_says_what_it_is_used_for(
    application: Application, answer: Callable[..., Exchange], parts: dict[str, Any], uses: set[str]
) -> None:
    record = RECORD if answer is refusal else NO_BOUND
    usable = usable_for(application, answer("m1", critic=record), **parts)
    assert {name for name, reason in usable.items() if reason is True} == uses
    assert all(reason is True or len(str(reason)) > 20 for reason in usable.values())


def test_what_cannot_be_used_says_why(application: Application, tmp_path: Path) -> None:
    own_word = usable_for(application, refusal("m1", critic=NO_BOUND), abstention="wrong")["critic"]
    assert "the model itself" in str(own_word)
    assert "Correct it" in str(own_word)
    assert "ask again" in str(usable_for(application, refusal("m1", critic=None), abstention="wrong")["critic"])
    assert "searches placed" in str(usable_for(application, kept("m1", ranked=()), correction="at 7:45")["fusion"])
    application.override_settings({"agents.critic_threshold": 0.5})
    application.reload_settings()
    assert "agents.critic_threshold" in str(usable_for(application, refusal("m1"), abstention="wrong")["critic"])
    application.override_settings({"agents.refit": False})
    application.reload_settings()
    assert "agents.refit = true" in str(usable_for(application, refusal("m1"), abstention="wrong")["critic"])


def test_a_choice_is_an_example_and_tells_which_passage_was_right(application: Application) -> None:
    event = FeedbackEvent.of_preference(kept("m1", critic=NO_BOUND), kept("m2", critic=NO_BOUND), event_id="f1")
    usable = event_usable_for(application, event)
    assert {name for name, reason in usable.items() if reason is True} == {"memory", "pins", "fusion"}
    assert "no adapter learns from them yet" in str(usable["training"])


def test_the_whole_log_is_counted_by_use_and_what_is_used_for_nothing_is_named(application: Application) -> None:
    log = application.feedback
    log.rate(kept("m1"), person="ana", correction="at 7:45", comment="early")
    log.rate(kept("m2", "Who?", style="span"), person="ana", correction="nobody at all")
    log.rate(kept("m3", critic=NO_BOUND), person="ana", rating="partly")
    log.rate(refusal("m4"), person="ana", abstention="wrong")
    log.rate(refusal("m5"), person="ana", comment="hm")
    uses = count_uses(application)
    assert uses.by_use == {"memory": 2, "pins": 1, "critic": 1, "fusion": 1, "training": 1, "gate": 2}
    assert sum(number for (what, _), number in uses.unused.items() if what == "comments") == 2
    assert sum(number for (what, _), number in uses.unused.items() if what == "ratings partly") == 1
    assert sum(uses.not_learnt_from.values()) == 1
    assert any(line.startswith("used for critic") for line in uses.lines())


def test_what_each_part_gained_is_measured_with_each_judgement_left_out(application: Application) -> None:
    log = application.feedback
    log.rate(kept("m1"), person="ana", correction="at 7:45")
    log.rate(kept("m2", "When does the red ferry leave?"), person="ana", correction="7:45")
    for number in range(8):
        log.rate(refusal(f"r{number}"), person="ana", abstention="wrong")
    gains = measure_gains(application, lambda *step: None)
    assert (gains.memory["corrections"], gains.memory["stale"]) == (2, 0)
    assert gains.pins["near_another"] >= 1
    assert gains.pins["after"] >= gains.pins["before"]
    (bias,) = gains.bias
    assert (bias["collection"], bias["labels"], bias["wrong"], bias["wrong_before"]) == ("documents", 8, 8, 1.0)
    assert bias["wrong_after"] == 0.0
    (fusion,) = gains.fusion
    assert (fusion["share"], fusion["labels"]) == (None, 2)
    lines = " ".join(gains.lines())
    assert "refuses 0.00 of 8 that you judged wrong (before 1.00)" in lines
    assert "2 of 12 questions" in lines
