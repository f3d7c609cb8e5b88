"""What a simulated person's feedback does: `python benchmarks/simulated_person.py FILE… [--questions N] [--events N]`.

The documents of the sample and of all evaluation files make one library. A simulated person
(`evaluation/simulated_person.py`) asks their questions in the product's own sessions, judges the answers and asks again in
other words; every `--every` events of feedback it is measured what became of the questions that were judged, and of others
that never are (`evaluation/living.py`).

One run with no part of the application learning, one with each alone (`memory`: what answers, `pins`: what it ties to
passages, `refit`: the critic's bias and the fusion of searches), one with all, and one with all and thumbs by the toss of a
coin; in one nothing is learnt until the last milestone, for which an adapter is trained on the corrections and put to work
without being measured (`adapter`). Each begins in a home of its own, thrown away afterwards. A line of JSON for each
milestone. What the model was asked once it is not asked again, in no run: `--kept FILE` keeps that, so that a run that was
broken off goes on.
"""

import argparse
import json
import random
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path
from unittest import mock

from ayllu import paths
from ayllu.agents.memory import Memory, Recollection
from ayllu.app import Application, Chat, ChatOptions, learning_workspace, tuning_target
from ayllu.app.usable import usable_for
from ayllu.backends.scripted import ScriptedBackend
from ayllu.config import current_person
from ayllu.conversations import Answer
from ayllu.evaluation import Answered, EvalDoc, EvalQuestion, EvalSet, Habits, Life, Opinion, SimulatedPerson, load_eval_file
from ayllu.retrieval import Document, Parsed, sample_documents
from ayllu.training import TrainingOptions, train
from remembered_backend import RememberedBackend

COLLECTION = "simulated"
SWITCHES = {"memory": "agents.memory", "pins": "agents.memory", "refit": "agents.refit"}  # each part's, in the settings
BATCH = 64
SAMPLE = "sample"
ADAPTER = "adapter"
WORDINGS = Path(__file__).parents[1] / "tests" / "agents" / "memory" / "pairs.jsonl"  # of the sample's questions


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
    parser.add_argument("files", type=Path, nargs="*")
    parser.add_argument("--questions", type=int, default=300, help="in all, of which a fifth are never judged")
    parser.add_argument("--events", type=int, default=200)
    parser.add_argument("--every", type=int, default=100)
    parser.add_argument("--probed", type=int, default=200, help="judged questions looked at each time")
    parser.add_argument("--runs", nargs="*", help="of: nothing, together, random, adapter, and the names of the parts")
    parser.add_argument("--kept", type=Path, help="what the model answered, for the next time")
    parser.add_argument("--scripted", action="store_true", help="a scripted model: what is learnt, within minutes")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    sets = [sample_set(), *map(load_eval_file, options.files)]
    questions = draw(sets, options.questions, options.seed)
    new, judged = questions[: len(questions) // 5], questions[len(questions) // 5 :]
    wordings = own_wordings()
    with tempfile.TemporaryDirectory(prefix="ayllu-person-") as folder:
        kept = options.kept or Path(folder) / "kept.sqlite"
        library = Path(folder) / "library"
        write_library(library, sets)
        for name, parts, habits in runs():
            if options.runs and name not in options.runs:
                continue
            home = Path(folder) / name
            shutil.copytree(library, home)
            with Application(paths.find(home)) as application, without_parts(SWITCHES.keys() - parts):
                settings = {key: any(SWITCHES[part] == key for part in parts) for key in SWITCHES.values()}
                application.override_settings({**settings, "backend": "llamacpp"})
                backend = ScriptedBackend(style="span") if options.scripted else RememberedBackend(application.backend, kept)
                application.run(application.replace_backend(backend))
                person = SimulatedPerson(options.seed, habits, wordings)
                life = Life(person, LocalHouse(application), judged, new, probed=options.probed, seed=options.seed)
                for events in range(0, options.events + 1, options.every):
                    if name == ADAPTER and events + options.every > options.events:
                        application.run(life.go_on(events))
                        application.run(put_adapter_to_work(application, kept))
                    milestone = application.run(life.live(events))
                    print(json.dumps({"run": name, **milestone.to_json()}), flush=True)


async def put_adapter_to_work(application: Application, kept: Path) -> None:
    """Learnt from the corrections of the log so far."""
    with learning_workspace(application, lambda label, done, total: None, tuning_target(application)) as workspace:
        trained = await train(application.feedback.standing(), workspace, options=TrainingOptions())
    application.adapters.promote(trained["adapter_id"])
    await application.close_backend()
    await application.replace_backend(RememberedBackend(application.backend, kept))


def runs() -> Iterator[tuple[str, set[str], Habits]]:
    """Name, the parts that learn, habits."""
    yield "nothing", set(), Habits()
    for part in SWITCHES:
        yield part, {part}, Habits()
    yield ADAPTER, set(), Habits()
    yield "together", set(SWITCHES), Habits()
    yield "random", set(SWITCHES), Habits(random=True)


@contextmanager
def without_parts(parts: Set[str]) -> Iterator[None]:
    """The two parts of memory have one setting; here either goes without the other."""
    with ExitStack() as stack:
        if "memory" in parts:
            stack.enter_context(mock.patch.object(Memory, "recall", return_value=Recollection()))
            stack.enter_context(mock.patch.object(Memory, "knows", return_value=False))
        if "pins" in parts:
            stack.enter_context(mock.patch.object(Memory, "pins", return_value=()))
        yield


def draw(sets: Sequence[EvalSet], count: int, seed: int) -> list[EvalQuestion]:
    """As many of each set, or all where it has fewer, in an order by chance; without those that lean on a conversation."""
    chance, drawn = random.Random(seed), list[EvalQuestion]()
    for at, each in enumerate(sets):
        usable = [question for question in each.questions if not question.history and not question.underspecified]
        share = (count - len(drawn)) // (len(sets) - at)
        chosen = chance.sample(usable, len(usable))[:share]  # of more questions, those of fewer are a part
        drawn += [replace(question, id=f"{each.name}/{question.id}") for question in chosen]
    chance.shuffle(drawn)
    return drawn


def sample_set() -> EvalSet:
    """The packaged documents, and the questions on them."""
    documents = [EvalDoc(name.removeprefix(f"{SAMPLE}/"), text) for name, text in sample_documents().items()]
    with as_file(files("ayllu.retrieval").joinpath("sample_questions.jsonl")) as file:
        rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    questions = [EvalQuestion(row["id"], row["question"], row["answers"], {}, impossible=not row["answers"]) for row in rows]
    return EvalSet(documents, questions, SAMPLE)


def own_wordings() -> Mapping[str, Sequence[str]]:
    """What else somebody wrote for a question."""
    return {row["question"]: row["alike"] for row in map(json.loads, WORDINGS.read_text("utf-8").splitlines())}


def write_library(home: Path, sets: Sequence[EvalSet]) -> None:
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
