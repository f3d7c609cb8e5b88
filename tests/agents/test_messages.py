"""Messages are values: nobody changes them, and AutoGen can carry and load them."""

import json
from collections.abc import Callable

import pytest
from autogen_agentchat.messages import MessageFactory, TextMessage
from ayllu.agents.memory import Entry, Recollection, Remembered
from ayllu.agents.memory.anchoring import Standing
from ayllu.agents.memory.entries import Anchor
from ayllu.agents.messages import (
    MESSAGE_TYPES,
    Draft,
    Findings,
    PhraseRead,
    Question,
    Recalling,
    Reply,
    TeamMessage,
    Verdict,
    latest,
    messages_of,
)
from ayllu.agents.second import Reading
from ayllu.agents.writing.span import Ranked
from ayllu.conversations import ChatMessage, RawPrompt, Recalled
from ayllu.retrieval import Passage, Retrieved, Sentence
from pydantic import ValidationError

PASSAGE = Passage("c1", "a.md", 2, "The ferry leaves at 7:45.", 0, 25, 0.5, 0.75)
SENTENCE = Sentence(PASSAGE, PASSAGE.text, 0, 25, 1.0, 0.75, 0.5, False)
ENTRY = Entry(
    *("f1", "correction", "ana", "2026-11-12T10:00:00+00:00", "m1", "When?", "7:45", "span"),
    Anchor("a.md", "c", "00", PASSAGE.text, PASSAGE.text),
    "7:45",
    ("c",),
)
REMEMBERED = Remembered(
    ENTRY,
    Recalled("f1", "correction", "same", "When?", "7:45", "ana", True, ENTRY.created_at, "m1"),
    Standing(PASSAGE, True),
)
MESSAGES = [
    Question(
        source="user", text="and when?", query="the ferry and when?", collections=("c",), history=(("What?", "A ferry"),)
    ),
    Findings(source="retriever", retrieved=Retrieved("the ferry and when?", [PASSAGE], [SENTENCE], 0.1, 0.2)),
    Recalling(source="archivist", decision="recalled", recollection=Recollection(REMEMBERED)),
    Verdict(source="critic", decision="write", method="span", answerable=0.75),
    Draft(
        source="writer",
        method="span",
        short="7:45",
        quotations=(SENTENCE,),
        candidates=(Ranked("7:45", 1.0, 1.0, (0.5,), 0),),
        prompts=(RawPrompt("Text: …", ("7:45",), "The ferry"), ChatMessage("user", "When?")),
        first_token_s=0.5,
        tokens=1,
    ),
    PhraseRead(source="second_reader", reading=Reading("7:45", (SENTENCE,), 0.9, "little")),
    Reply(source="editor", text="7:45 [1]", short="7:45", kind="draft", cited=(PASSAGE,)),
]


def test_there_is_one_of_each_type() -> None:
    assert {type(message) for message in MESSAGES} == set(MESSAGE_TYPES)


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.type)
def test_a_message_is_frozen_and_comes_back_as_it_was(message: TeamMessage) -> None:
    for field in type(message).model_fields:
        with pytest.raises(ValidationError, match="frozen"):
            setattr(message, field, None)
    factory = MessageFactory()
    for kind in MESSAGE_TYPES:
        factory.register(kind)
    assert factory.create(json.loads(json.dumps(message.dump()))) == message


@pytest.mark.parametrize(
    ("message", "text"),
    zip(
        MESSAGES,
        [
            "and when?",
            "[1] The ferry leaves at 7:45.",
            "You corrected this on 12 November",
            "write (the documents",
            "7:45",
            "7:45",
            "7:45 [1]",
        ],
        strict=True,
    ),
)
def test_a_message_can_be_read_by_a_person_and_a_model(message: TeamMessage, text: str) -> None:
    assert message.to_text().startswith(text)
    assert message.to_model_message().content == message.to_model_text() == message.to_text()


def test_the_latest_of_a_type_counts() -> None:
    again = Verdict(source="critic", decision="draft", method="prose", answerable=0.5)
    assert latest([*MESSAGES, again], Verdict) is again
    assert messages_of([*MESSAGES, again], Verdict) == [MESSAGES[3], again]
    with pytest.raises(LookupError, match="No Draft among TextMessage"):
        latest([TextMessage(content="Hello", source="user")], Draft)


def test_what_is_no_verdict_cannot_be_said() -> None:
    make: Callable[..., Verdict] = Verdict
    with pytest.raises(ValidationError, match="decision"):
        make(source="critic", decision="maybe", method="span", answerable=0.5)
