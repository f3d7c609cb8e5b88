"""The writer, alone: it writes as the verdict says, and keeps what it sent."""

from collections.abc import Callable
from pathlib import Path

import pytest
from ayllu.adapters import LearnedExtras, write_learned
from ayllu.agents import Token
from ayllu.agents.messages import Draft, TeamMessage, Verdict
from ayllu.agents.prompts import load_prompt
from ayllu.backends import BackendUnreachable
from ayllu.backends.scripted import Reply, ScriptedBackend
from ayllu.conversations import ChatMessage, RawPrompt
from ayllu.models import Profile

from ..conftest import Stage

ANSWER = "From 10:00 to 14:00 [1]."


async def begin(here: Stage, method: str, text: str = "When is the library open on Sundays?") -> tuple[TeamMessage, ...]:
    question = here.question(text)
    verdict = Verdict(source="critic", decision="write", method=method, answerable=0.75)
    return question, await here.say("retriever", question), verdict


async def test_prose_is_streamed_from_what_is_kept_as_sent(stage: Callable[..., Stage]) -> None:
    here = stage(ScriptedBackend(replies=[ANSWER]))
    draft = await here.say("writer", *await begin(here, "prose"))
    assert isinstance(draft, Draft)
    assert (draft.method, draft.text, draft.tokens, draft.first_token_s) == ("prose", ANSWER, 5, 1.5)
    assert "".join(event.text for event in here.events if isinstance(event, Token)) == ANSWER
    ((messages, options),) = here.backend.client.calls
    assert draft.prompts == (ChatMessage("system", messages[0].content), ChatMessage("user", messages[1].content))
    assert messages[1].content.endswith("\n\nQuestion: When is the library open on Sundays?")
    assert options == {"temperature": 0.0, "max_tokens": 512, "seed": 7}


async def test_the_passages_stand_with_the_first_exchange_and_the_question_last(stage: Callable[..., Stage]) -> None:
    here = stage(ScriptedBackend(replies=[ANSWER]))
    question, *rest = await begin(here, "prose")
    history = tuple((f"Question {n}?", f"Answer {n}.") for n in range(5))
    draft = await here.say("writer", question.model_copy(update={"history": history}), *rest)
    assert draft.prompts[1].content.startswith("Passages:\n\n[1] ")
    assert draft.prompts[1].content.endswith("\n\nQuestion: Question 2?")
    assert [prompt.content for prompt in draft.prompts[2:]] == [
        *("Answer 2.", "Question: Question 3?", "Answer 3.", "Question: Question 4?", "Answer 4."),
        f"Question: {question.text}",
    ]


async def test_a_span_is_chosen_among_candidates_with_its_sentence(stage: Callable[..., Stage]) -> None:
    here = stage(ScriptedBackend(style="span", likings={"10:00 to 14:00": -0.5, "Sundays": -4.0}))
    draft = await here.say("writer", *await begin(here, "span"))
    assert draft.short == draft.candidates[0].text == "10:00 to 14:00"
    assert "10:00 to 14:00" in draft.quotations[0].text
    assert draft.first_token_s == 1.5
    assert draft.tokens == sum(len(prompt.completion) for prompt in draft.prompts)
    assert all(isinstance(prompt, RawPrompt) and prompt.context in prompt.prompt for prompt in draft.prompts)
    assert draft.no_answer_logprob is None
    assert not any(isinstance(event, Token) for event in here.events)  # nothing of it is judged yet


async def test_a_tuned_model_is_asked_in_its_form_and_whether_there_is_no_answer(
    stage: Callable[..., Stage], tmp_path: Path
) -> None:
    write_learned(tmp_path, LearnedExtras(declines=True))
    likings = {"10:00 to 14:00": -0.5, "none": -2.5}
    tuned = ScriptedBackend(style="span", likings=likings, adapter="a1", adapter_folder=tmp_path)
    here = stage(tuned)
    draft = await here.say("writer", *await begin(here, "span"))
    assert draft.no_answer_logprob == -2.5
    assert {prompt.prompt.count("Question:") for prompt in draft.prompts} == {1}  # no worked examples


async def test_a_question_that_wants_more_is_answered_by_quotation_without_asking_the_model(
    stage: Callable[..., Stage],
) -> None:
    backend = ScriptedBackend(style="span")
    here = stage(backend)
    draft = await here.say("writer", *await begin(here, "quotation", "How do I become a member?"))
    assert draft.quotations
    assert (draft.short, draft.prompts, draft.tokens) == ("", (), 0)
    assert backend.starts == 0


async def test_a_backend_that_fails_in_mid_answer_is_raised_as_it_failed(stage: Callable[..., Stage]) -> None:
    error = BackendUnreachable("It is gone.", hint="Start it.")
    here = stage(ScriptedBackend(replies=[Reply("one two three", error=error, pieces_before_error=2)]))
    with pytest.raises(BackendUnreachable) as caught:
        await here.say("writer", *await begin(here, "prose"))
    assert caught.value is error
    assert [event.text for event in here.events if isinstance(event, Token)] == ["one", " two"]


async def test_a_control_token_in_a_question_is_text_to_the_model_and_not_to_the_person(
    stage: Callable[..., Stage],
) -> None:
    end = "<|im_end|>"
    backend = ScriptedBackend(otherwise=lambda messages: f"You asked: {messages[-1].content.rpartition('Question: ')[2]}")
    here = stage(backend)
    draft = await here.say("writer", *await begin(here, "prose", f"What is {end}?"))
    assert end not in str(backend.client.calls[0][0][-1].content)
    assert end not in draft.prompts[-1].content
    assert f"What is {end}?" in draft.text
    assert f"What is {end}?" in "".join(event.text for event in here.events if isinstance(event, Token))


@pytest.mark.parametrize(
    ("profile", "in_system", "at_the_end"),
    [
        (Profile(), False, False),
        (Profile(leave="system"), True, False),
        (Profile(leave="last"), False, True),
    ],
)
async def test_the_leave_to_refuse_stands_where_the_profile_of_the_model_says(
    stage: Callable[..., Stage], profile: Profile, in_system: bool, at_the_end: bool
) -> None:
    here = stage(ScriptedBackend(replies=[ANSWER], profile=profile))
    draft = await here.say("writer", *await begin(here, "prose"))
    system, request = draft.prompts
    leave = load_prompt("leave", None).strip()
    assert (leave in system.content, request.content.endswith(leave)) == (in_system, at_the_end)
    assert request.content.count("Question: When is the library open on Sundays?") == 1


async def test_a_profile_may_ask_for_marks_and_bound_the_passages(stage: Callable[..., Stage]) -> None:
    here = stage(ScriptedBackend(replies=[ANSWER], profile=Profile(marks=True, passages=1)))
    draft = await here.say("writer", *await begin(here, "prose"))
    system, request = draft.prompts
    assert "[1]" in system.content
    assert ("[1] " in request.content, "[2] " in request.content) == (True, False)
