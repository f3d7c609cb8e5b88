"""How soon the evidence is on screen after Enter, in a warm program: at most 0.3 s (run `python benchmarks/evidence.py`)."""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path

from ayllu import paths
from ayllu.app import Application, ChatOptions
from ayllu.tui import ChatApp
from ayllu.tui.answer import AnswerView
from ayllu.tui.prompt import Prompt
from textual.widgets import Static

QUESTIONS = Path(__file__).parent.parent / "retrieval" / "sample_questions.jsonl"
ROUNDS = 12


def evidence_shown(app: ChatApp, answers: int) -> bool:
    return len(app.query(AnswerView)) == answers and bool(str(app.query(".evidence").last(Static).render()))


async def main() -> None:
    questions = [json.loads(line)["question"] for line in QUESTIONS.read_text("utf-8").splitlines()[:ROUNDS]]
    waits = []
    with tempfile.TemporaryDirectory() as home, Application(paths.find(Path(home))) as application:
        app = ChatApp(application, ChatOptions())
        async with app.run_test(size=(110, 32)) as pilot:
            while app._session is None or str(app.query_one("#activity", Static).render()):
                await pilot.pause(0.02)
            for number, question in enumerate(questions, start=1):
                app.query_one("#prompt", Prompt).text = question
                await pilot.pause()
                began = time.perf_counter()
                await pilot.press("enter")
                while not evidence_shown(app, number):  # noqa: ASYNC110 - the screen has no event for it
                    await asyncio.sleep(0.002)
                waits.append(time.perf_counter() - began)
                while app.query(AnswerView).last().answer is None:
                    await pilot.pause(0.02)
            await pilot.press("ctrl+q")
    figures = {"median_s": statistics.median(waits), "slowest_s": max(waits), "limit_s": 0.3, "questions": len(waits)}
    print(json.dumps(figures))


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    asyncio.run(main())
