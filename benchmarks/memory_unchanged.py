"""Does memory leave alone what it was told nothing of? `python benchmarks/memory_unchanged.py SQUAD.json [--questions N]`

As many questions as are named are asked with memory off, and with it on and a log of corrections of as many others of the
same file (`--corrected`). Compared are the passages that the writer reads, in their order, and whether memory answers: where
both are the same, the model is given the same prompt. A scripted model answers, so that only the search costs time;
`--model` asks the one in use for the questions that differ. Prints those, and one line of JSON.
"""

import argparse
import json
import random
import tempfile
from pathlib import Path

from ayllu import paths
from ayllu.app import Application
from ayllu.backends.scripted import ScriptedBackend
from ayllu.config import current_person
from ayllu.conversations import Answer
from ayllu.evaluation import EvalQuestion, load_eval_file
from simulated_person import LocalHouse, write_library


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--corrected", type=int, default=200)
    parser.add_argument("--model", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    every = load_eval_file(options.file)
    answerable = [question for question in every.questions if question.answerable]
    chosen = random.Random(options.seed).sample(answerable, min(len(answerable), options.questions + options.corrected))
    asked_only, corrected = chosen[: options.questions], chosen[options.questions :]
    with tempfile.TemporaryDirectory(prefix="ayllu-memory-") as folder:
        home = Path(folder)
        write_library(home, [every])
        correct(home, corrected)
        off, on = (answers(home, asked_only, memory=memory) for memory in (False, True))
        fired = [question for question, answer in zip(asked_only, on, strict=True) if answer.memory is not None]
        moved = [
            question for question, *pair in zip(asked_only, off, on, strict=True) if pair[0].passages != pair[1].passages
        ]
        differing = [question for question in asked_only if question in fired or question in moved]
        for question, answer in zip(asked_only, on, strict=True):
            if question in differing:
                given = answer.memory.question if answer.memory else "the passages differ"
                print(json.dumps({"question": question.question, "because": given}))
        figures = {"questions": len(asked_only), "corrected": len(corrected)}
        figures |= {"answered_by_memory": len(fired), "other_passages": len(moved)}
        if options.model and differing:
            before, after = (answers(home, differing, memory=memory, scripted=False) for memory in (False, True))
            figures["other_answers"] = sum(pair[0].answer != pair[1].answer for pair in zip(before, after, strict=True))
        print(json.dumps(figures))


def correct(home: Path, questions: list[EvalQuestion]) -> None:
    """Ask each and correct its answer, as the file has it."""
    with Application(paths.find(home), backend=ScriptedBackend(style="span")) as application:
        house, person = LocalHouse(application), current_person(application.settings)
        for question in questions:
            answer = application.run(house.ask(question.question))
            exchange = application.conversations.get(answer.message_id)
            application.feedback.rate(exchange, person=person, rating="down", correction=question.answers[0])


def answers(home: Path, questions: list[EvalQuestion], *, memory: bool, scripted: bool = True) -> list[Answer]:
    backend = ScriptedBackend(style="span") if scripted else None
    with Application(paths.find(home), backend=backend) as application:
        application.override_settings({"agents.memory": memory})
        house = LocalHouse(application)
        return [application.run(house.ask(question.question)) for question in questions]


if __name__ == "__main__":
    main()
