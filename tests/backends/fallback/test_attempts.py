"""The one loop by which a question goes from target to target, on scripted backends."""

import asyncio
from collections.abc import Callable

import pytest
from ayllu.backends import Attempts, Backend, BackendFailed, BackendUnreachable, ContextOverflow
from ayllu.backends.fallback.targets import NobodyAnswers, Targets
from ayllu.backends.scripted import ScriptedBackend
from ayllu.errors import AylluError, UsageError

DOWN = BackendUnreachable("It is down.", hint="Start it.")
RESTARTED = BackendUnreachable("Its worker died.", hint="Ask again.", again=True)


class Over:
    """A backend that asks others."""

    def __init__(self, *names: str) -> None:
        self.targets = Targets([(ScriptedBackend(name), False) for name in names])


async def names_tried(owner: Backend | Over, fail: Callable[[str, int], Exception | None]) -> list[str]:
    """Who is asked in turn, where `fail` says what becomes of the attempt with that name and number."""
    names: list[str] = []
    async for attempt in Attempts(owner):
        async with attempt:
            names.append((await attempt.backend()).name)
            if error := fail(names[-1], len(names)):
                raise error
            attempt.record_answer()
    return names


async def failing_attempt(owner: Over, error: BaseException, *, chosen: bool = True, shown: bool = False) -> None:
    """A question whose attempts all end with `error`: after somebody was chosen to ask, or before."""
    async for attempt in Attempts(owner):
        async with attempt:
            if chosen:
                await attempt.backend()
            attempt.shown = shown
            raise error


async def test_the_first_answers_and_nobody_else_is_asked() -> None:
    assert await names_tried(Over("a", "b"), lambda name, number: None) == ["a"]


@pytest.mark.parametrize("error", [DOWN, BackendFailed("It stopped.", hint="Ask again.")])
async def test_what_another_may_do_better_goes_to_the_next(error: AylluError) -> None:
    assert await names_tried(Over("a", "b"), lambda name, number: error if name == "a" else None) == ["a", "b"]


async def test_one_whose_process_was_restarted_is_asked_once_more_and_then_left() -> None:
    assert await names_tried(Over("a", "b"), lambda name, number: RESTARTED if name == "a" else None) == ["a", "a", "b"]
    assert await names_tried(Over("a", "b"), lambda name, number: RESTARTED if number == 1 else None) == ["a", "a"]


@pytest.mark.parametrize(
    "error",
    [
        ContextOverflow(120, 100),
        BackendFailed("It was refused.", hint="", everywhere=True),
        UsageError("It is empty.", hint=""),
        ZeroDivisionError(),
    ],
)
async def test_what_would_fail_everywhere_is_raised_as_it_is(error: Exception) -> None:
    with pytest.raises(type(error)) as caught:
        await names_tried(Over("a", "b"), lambda name, number: error)
    assert caught.value is error


async def test_with_all_failed_each_is_named_and_of_one_alone_its_own_error_is_raised() -> None:
    with pytest.raises(NobodyAnswers, match=r"a: It is down\. b: It is down\."):
        await names_tried(Over("a", "b"), lambda name, number: DOWN)
    for alone in (Over("a"), ScriptedBackend("a")):
        with pytest.raises(BackendUnreachable) as caught:
            await names_tried(alone, lambda name, number: DOWN)
        assert caught.value is DOWN


async def test_what_was_shown_is_not_asked_again_but_the_person_may() -> None:
    over = Over("a", "b")
    with pytest.raises(BackendUnreachable) as caught:
        await failing_attempt(over, DOWN, shown=True)
    assert (caught.value.again, caught.value.message) == (True, DOWN.message)
    assert await names_tried(over, lambda name, number: None) == ["a"]  # one failure does not keep it out for good


async def test_the_next_attempt_says_what_ended_the_last_and_who_answers_instead() -> None:
    after: list[AylluError | None] = []
    notices: list[str] = []
    over = Over("a", "b")
    async for attempt in Attempts(over):
        async with attempt:
            after.append(attempt.after)
            backend = await attempt.backend()
            notices.append(attempt.notice())
            if backend.name == "a":
                raise DOWN
    assert after == [None, DOWN]
    assert notices == ["", "a: It is down. b answers instead."]
    async for attempt in Attempts(over):
        async with attempt:
            await attempt.backend()
            assert attempt.notice() == "a answers again."


async def test_who_is_asked_is_looked_for_while_the_caller_does_other_things() -> None:
    class Slow(Targets):
        async def choose(self, failed: object) -> object:
            await asyncio.sleep(0)
            chosen.append("chosen")
            return await super().choose({})

    chosen: list[str] = []
    owner = Over("a")
    owner.targets = Slow([(ScriptedBackend("a"), False)])
    async for attempt in Attempts(owner):
        async with attempt:
            await asyncio.sleep(0.01)
            assert chosen == ["chosen"]


async def test_leaving_an_attempt_frees_its_target_and_ends_the_search() -> None:
    over = Over("a")
    with pytest.raises(asyncio.CancelledError):
        await failing_attempt(over, asyncio.CancelledError())
    assert (await over.targets.choose({})).questions == 0
    running = asyncio.all_tasks()
    with pytest.raises(UsageError):
        await failing_attempt(over, UsageError("The passages cannot be read.", hint=""), chosen=False)
    assert asyncio.all_tasks() == running
