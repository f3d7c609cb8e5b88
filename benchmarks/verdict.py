"""How long `improve` takes on a person's own log, stage by stage: `python benchmarks/verdict.py FILE… [--corrections N]`.

A simulated person (`evaluation/simulated_person.py`) asks the questions of the sample and of the evaluation files until so
many corrections can be learned from, and rates what was right. Then an adapter is trained, measured and judged as `ayllu
improve` does it, in a home that is thrown away. A line of JSON a stage, and one of the verdict; `--kept FILE` keeps what
the model was asked before that, as in `simulated_person.py`.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ayllu import paths
from ayllu.app import Application, Chat, ChatOptions, learning_workspace, tuning_target
from ayllu.app.usable import usable_for
from ayllu.config import current_person
from ayllu.evaluation import EvalQuestion, Habits, SimulatedPerson, load_eval_file
from ayllu.training import TrainingOptions, improve
from remembered_backend import RememberedBackend
from simulated_person import COLLECTION, draw, sample_set, write_library

HABITS = Habits(mistakes=0.0, corrects=1.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="*")
    parser.add_argument("--corrections", type=int, default=50)
    parser.add_argument("--questions", type=int, default=300, help="at most")
    parser.add_argument("--epochs", type=float, help="instead of as many as are chosen")
    parser.add_argument("--kept", type=Path, help="what the model answered, for the next time")
    options = parser.parse_args()
    sets = [sample_set(), *map(load_eval_file, options.files)]
    with tempfile.TemporaryDirectory(prefix="ayllu-verdict-") as folder:
        home = Path(folder) / "home"
        write_library(home, sets)
        kept = options.kept or Path(folder) / "kept.sqlite"
        with Application(paths.find(home)) as application:
            application.override_settings({"backend": "llamacpp", "agents.memory": False, "agents.refit": False})
            own = application.backend
            application.run(application.replace_backend(RememberedBackend(own, kept)))
            print(json.dumps(tell(application, draw(sets, options.questions, 0), options.corrections)), flush=True)
        with Application(paths.find(home)) as application:
            application.override_settings({"backend": "llamacpp"})
            stages = Stages()
            target = tuning_target(application)
            with stages.timed(), learning_workspace(application, stages, target) as workspace:
                events, training = application.feedback.standing(), TrainingOptions(epochs=options.epochs)
                verdict = application.run(improve(events, workspace, options=training)).to_json()
            keys = ("before", "after", "interval", "promoted", "reason", "steps", "train_events", "heldout_events")
            print(json.dumps({"seconds": round(stages.total), **{key: verdict[key] for key in keys}}), flush=True)


def tell(application: Application, questions: list[EvalQuestion], corrections: int) -> dict[str, int]:
    """Ask and judge, until there are so many corrections to learn from."""
    person = SimulatedPerson(0, HABITS)
    chat = Chat.open(application, ChatOptions(collections=[COLLECTION], passages=3, seed=0))
    usable = accepted = put = 0
    for question in questions:
        if usable >= corrections:
            break
        answer = application.run(chat.new_session().ask_once(question.question))
        opinion = person.judge(question, answer)
        exchange = application.conversations.get(answer.message_id)
        parts = {"rating": opinion.rating, "correction": opinion.correction}
        application.feedback.rate(exchange, person=current_person(application.settings), **parts)
        usable += opinion.correction is not None and usable_for(application, exchange, **parts)["training"] is True
        accepted += opinion.rating == "up" and not answer.abstained
        put += 1
    return {"questions": put, "corrections": usable, "accepted": accepted}


class Stages:
    """Progress that says how long each stage took, from its first word to the next stage's."""

    def __init__(self) -> None:
        self.total = 0.0
        self._label = ""
        self._began = 0.0

    @contextmanager
    def timed(self) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self("", 0, None)
        self.total = time.perf_counter() - began

    def __call__(self, label: str, done: int, total: int | None) -> None:
        now = time.perf_counter()
        if label != self._label:
            if self._label:
                print(json.dumps({"stage": self._label, "seconds": round(now - self._began, 1)}), flush=True)
            self._label, self._began = label, now


if __name__ == "__main__":
    main()
