"""The steps of a reading that takes long, where no terminal shows them."""

import io
from collections.abc import AsyncIterator

from ayllu.agents import AnswerReady, Event, Progress
from ayllu.cli.output import Output
from ayllu.cli.rendering import stream_answer
from ayllu.tests.exchanges import exchange

PARTS = 40


class Reading:
    """A session that reads a document of many parts."""

    def stop(self) -> None:
        raise AssertionError("nobody stopped it")

    async def ask(self, question: str) -> AsyncIterator[Event]:
        for done in range(PARTS):
            yield Progress(done, PARTS, f"reading guide.md (part {done + 1} of {PARTS})")
        yield AnswerReady(exchange("m1", "All of it.", question).answer)


async def test_a_line_tells_of_every_tenth_of_it_beside_the_result() -> None:
    out, err = io.StringIO(), io.StringIO()
    answer = await stream_answer(Reading(), "Summarise guide.md", Output(json=True, out=out, err=err))
    assert answer.answer == "All of it."
    assert out.getvalue() == ""
    lines = err.getvalue().splitlines()
    assert lines[0] == "reading guide.md (part 1 of 40)"
    assert len(lines) == 10
