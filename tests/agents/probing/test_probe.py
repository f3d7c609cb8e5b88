"""The probe asks bundled questions with the leave in each place, and the profile follows from what comes."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from autogen_core.models import LLMMessage
from ayllu.agents.probing import Figures, Probe, choose_profile, probe_answering, probe_questions
from ayllu.agents.prompts import load_prompt
from ayllu.backends.scripted import ScriptedBackend
from ayllu.errors import UsageError
from ayllu.models import Profiles

LEAVE = load_prompt("leave", None).strip()
REFUSAL = "NOT IN THE DOCUMENTS"
ANSWERS = {question.question: question.answers for question in probe_questions()}


def question_of(messages: Sequence[LLMMessage]) -> str:
    return str(messages[-1].content).rpartition("Question: ")[2].partition("\n\n")[0]


def honest(messages: Sequence[LLMMessage]) -> str:
    """Right where it can be, and refuses the rest where it has leave in the system prompt; last, it refuses all."""
    answers = ANSWERS[question_of(messages)]
    if str(messages[-1].content).endswith(LEAVE):
        return REFUSAL
    if not answers and LEAVE in str(messages[0].content):
        return REFUSAL
    return f"It is {answers[0]}." if answers else "It is green."


def never(messages: Sequence[LLMMessage]) -> str:
    """Refuses whatever it is asked, with leave or without."""
    return REFUSAL


def test_half_of_the_bundled_questions_are_answered_by_their_passages() -> None:
    questions = probe_questions()
    assert len(questions) == 40
    for question in questions:
        text = " ".join(passage.text for passage in question.passages)
        if question.answers:
            assert any(answer.casefold() in text.casefold() for answer in question.answers)
    assert sum(bool(question.answers) for question in questions) == 20


async def test_leave_stands_where_it_costs_no_right_answer(tmp_path: Path) -> None:
    backend, profiles = ScriptedBackend(otherwise=honest), Profiles(tmp_path)
    report = await probe_answering(backend, profiles)
    assert (report.profile.leave, report.profile.believed, report.profile.origin) == ("system", True, "probe")
    assert not report.figures["last"].complete
    assert profiles.find("scripted-scripted-model") == report.profile
    assert len(backend.client.calls) < 3 * 40  # a place at which it refuses too much is given up


async def test_a_model_that_refuses_what_it_should_answer_is_not_believed(tmp_path: Path) -> None:
    report = await probe_answering(ScriptedBackend(otherwise=never), Profiles(tmp_path))
    assert (report.profile.leave, report.profile.believed) == ("none", False)


async def test_a_probe_that_was_cut_off_asks_nothing_twice(tmp_path: Path) -> None:
    profiles = Profiles(tmp_path)
    first, second, unbroken = (ScriptedBackend(otherwise=honest) for _ in range(3))
    waited = 0

    async def break_off() -> None:
        nonlocal waited
        waited += 1
        if waited > 15:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await Probe(first, profiles, wait=break_off).run()
    with profiles.progress_file("scripted-scripted-model").open("a") as kept:
        kept.write('{"prompt": "cut')
    report = await Probe(second, profiles).run()
    assert report.figures == (await Probe(unbroken, Profiles(tmp_path / "other")).run()).figures
    assert len(first.client.calls) == 15
    assert len(first.client.calls) + len(second.client.calls) == len(unbroken.client.calls)


def test_a_model_that_copies_short_answers_is_not_probed(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        Probe(ScriptedBackend(style="span"), Profiles(tmp_path))


@pytest.mark.parametrize(
    ("system", "leave"),
    [
        (Figures(0.9, 0.05, 0.5), "system"),
        (Figures(0.8, 0.05, 0.9), "none"),  # two right answers lost
        (Figures(0.9, 0.1, 0.9), "none"),  # too many answerable ones refused
        (Figures(0.9, 0.0, 0.1), "none"),  # nothing gained
    ],
)
def test_the_leave_must_gain_more_than_chance_gives(system: Figures, leave: str) -> None:
    plain = Figures(0.9, 0.0, 0.05)
    assert choose_profile({"none": plain, "system": system}).leave == leave
