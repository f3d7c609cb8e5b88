"""What a simulated person's feedback does: `python benchmarks/simulated_person.py FILE… [--questions N] [--events N]`.

The documents of all evaluation files make one library. A simulated person (`evaluation/simulated_person.py`) asks their
questions in the product's own sessions, judges the answers and asks again in other words; every `--every` events of feedback
it is measured what became of the questions that were judged, and of others that never are (`evaluation/living.py`).

One run with no part of the application learning, one with each alone, one with all, and one with all and thumbs by the toss
of a coin; each begins in a home of its own, thrown away afterwards. A line of JSON for each milestone.
"""

import argparse
import json
import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ayllu import paths
from ayllu.app import Application, Chat, ChatOptions
from ayllu.app.usable import usable_for
from ayllu.config import current_person
from ayllu.conversations import Answer
from ayllu.evaluation import Answered, EvalQuestion, EvalSet, Habits, Life, Opinion, SimulatedPerson, load_eval_file
from ayllu.retrieval import Document, Parsed

COLLECTION = "simulated"
PARTS = {"memory": "agents.memory"}  # what learns, and the setting that turns it on
BATCH = 64


class LocalHouse:
    """The application over the simulated collection, asked as the command line asks: a session a question."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._chat = Chat.open(application, ChatOptions(collections=[COLLECTION], passages=3, seed=0))

    async def ask(self, question: str) -> Answer:
        return await self._chat.new_session().ask_once(question)

    def tell(self, answer: Answered, opinion: Opinion) -> bool:
        assert isinstance(answer, Answer)
        application = self._application
        exchange = application.conversations.get(answer.message_id)
        parts = {"rating": opinion.rating, "correction": opinion.correction, "abstention": opinion.abstention}
        application.feedback.rate(exchange, person=current_person(application.settings), **parts)
        return True in usable_for(application, exchange, **parts).values()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--questions", type=int, default=300, help="in all, of which a fifth are never judged")
    parser.add_argument("--events", type=int, default=200)
    parser.add_argument("--every", type=int, default=50)
    parser.add_argument("--probed", type=int, default=40, help="judged questions looked at each time")
    parser.add_argument("--runs", nargs="*", help="of: nothing, together, random, and the names of the parts")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    sets = [load_eval_file(file) for file in options.files]
    questions = draw(sets, options.questions, options.seed)
    new, judged = questions[: len(questions) // 5], questions[len(questions) // 5 :]
    with tempfile.TemporaryDirectory(prefix="ayllu-person-") as folder:
        library = Path(folder) / "library"
        write_library(library, sets)
        for name, switches, habits in runs():
            if options.runs and name not in options.runs:
                continue
            home = Path(folder) / name
            shutil.copytree(library, home)
            with Application(paths.find(home)) as application:
                application.override_settings(switches)
                person = SimulatedPerson(options.seed, habits)
                life = Life(person, LocalHouse(application), judged, new, probed=options.probed, seed=options.seed)
                for events in range(0, options.events + 1, options.every):
                    milestone = application.run(life.live(events))
                    print(json.dumps({"run": name, **milestone.to_json()}), flush=True)


def runs() -> Iterator[tuple[str, dict[str, bool], Habits]]:
    """Name, settings, habits."""
    nothing, everything = (dict.fromkeys(PARTS.values(), on) for on in (False, True))
    yield "nothing", nothing, Habits()
    for name, key in PARTS.items():
        yield name, {**nothing, key: True}, Habits()
    if len(PARTS) > 1:
        yield "together", everything, Habits()
    yield "random", everything, Habits(random=True)


def draw(sets: list[EvalSet], count: int, seed: int) -> list[EvalQuestion]:
    """As many of each set, in an order by chance; without those that lean on a conversation."""
    chance, drawn = random.Random(seed), list[EvalQuestion]()
    for each in sets:
        usable = [question for question in each.questions if not question.history and not question.underspecified]
        drawn += chance.sample(usable, min(len(usable), count // len(sets)))
    chance.shuffle(drawn)
    return drawn


def write_library(home: Path, sets: list[EvalSet]) -> None:
    documents = [
        Document(COLLECTION, f"{each.name}/{document.id}", "simulated", Parsed(document.text, "text/plain"))
        for each in sets
        for document in each.documents
    ]
    with Application(paths.find(home)) as application:
        library = application.library
        with library.writing():
            for start in range(0, len(documents), BATCH):
                library.add(documents[start : start + BATCH])


if __name__ == "__main__":
    main()
