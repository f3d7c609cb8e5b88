"""Does the likelihood of a question tell whether it is answered? `python benchmarks/likelihood.py SET … --rows FILE`.

Of questions of several sets (as `refit.py` asks them), answerable or not, where the findings leave that open: of what share
of the question's tokens the best evidence makes likelier to the embedded model, or to the GGUF file that `--model` names
(after Sachan et al., "Improving passage retrieval with zero-shot question generation", 2022, who take the mean gain; of a
small model its sign says more). A logistic regression joins that and the probability before; each set is shown by what was
fitted without it, beside the findings alone. `--rows` keeps what the model was asked, a line a question; a run that was cut
off goes on behind the last whole set.

Nothing of it is in use (`docs/evaluation.md`).
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from ayllu import paths
from ayllu.agents.judging import answerable
from ayllu.agents.writing import quotable
from ayllu.agents.writing.span.grammar import literal_grammar
from ayllu.app import Application
from ayllu.backends import Piece, RawCompletion, RawRequest
from ayllu.evaluation import auc
from ayllu.models import DEFAULT_CHAT
from ayllu.retrieval import Sentence
from critic import fit
from judged import JudgedSet, KeptVectors, load_sets
from own_sets import own_sets
from refit import MOST, Asked, ask

QUESTION = 40  # tokens of it that are looked at
EVIDENCE = 110  # tokens of the passage that are read: the best sentence and what stands around it
LOW, HIGH = 0.1, 0.8  # of the probability before; outside it hardly any question is judged otherwise after it
REFUSED = 0.15  # of the answerable between them: about four of a hundred answerable ones


async def explained_share(raw: RawCompletion, question: str, evidence: Sentence) -> float | None:
    """0 to 1; None where the model says nothing of it."""
    pieces = (await raw.tokenize(f" {flat(question)}"))[:QUESTION]
    text = await around(raw, evidence)
    alone = await forced_logprobs(raw, "A question:", pieces)
    given = await forced_logprobs(raw, f"Passage: {text}\nA question that this passage answers:", pieces)
    if not pieces or not len(alone) == len(given) == len(pieces):
        return None
    return sum(after > before for before, after in zip(alone, given, strict=True)) / len(pieces)


async def around(raw: RawCompletion, evidence: Sentence) -> str:
    """The sentence in its passage, cut to what is read, below what the passage stands under."""
    passage = evidence.passage
    head = flat(" ".join((passage.title, passage.heading, passage.context)))
    text, sentence = flat(passage.text), flat(evidence.text)
    pieces = await raw.tokenize(text)
    if len(pieces) > EVIDENCE:
        before = len(await raw.tokenize(text[: max(text.find(sentence), 0)]))
        margin = (EVIDENCE - len(await raw.tokenize(sentence))) // 2
        first = max(0, min(before - margin, len(pieces) - EVIDENCE))
        text = "".join(piece.text for piece in pieces[first : first + EVIDENCE])
    return f"{head}. {text}" if head else text


async def forced_logprobs(raw: RawCompletion, prompt: str, pieces: Sequence[Piece]) -> Sequence[float]:
    """Of each piece after `prompt` and those before it."""
    tokens = [piece.id for piece in await raw.tokenize(prompt)]
    request = RawRequest(tokens, max_tokens=len(pieces), grammar=literal_grammar(pieces), n_probs=1)
    return (await raw.complete(request)).logprobs


def flat(text: str) -> str:
    return " ".join(text.split())


def measure(sets: Sequence[JudgedSet], embedder: KeptVectors, options: argparse.Namespace) -> None:
    """Every question's probability before, and of those between `LOW` and `HIGH`, so many of a sort, the share."""
    done = {row["set"] for row in read(options.rows)}
    with Application(paths.find()) as application, options.rows.open("a", encoding="utf-8") as file:
        application.override_settings({"backend": "llamacpp", "models.chat": options.model})

        async def look(each: Asked) -> float | None:
            await application.backend.start()
            assert application.backend.raw is not None
            return await explained_share(application.backend.raw, each.retrieved.query, quotable(each.retrieved)[0])

        for judged in sets:
            if judged.name in done:
                continue
            rows: list[dict[str, Any]] = []
            counts = {True: 0, False: 0}
            for each in ask(judged, embedder, options.documents, options.questions):
                before, share = answerable(each.signals), None
                if LOW <= before < HIGH and quotable(each.retrieved) and counts[each.answerable] < options.open:
                    counts[each.answerable] += 1
                    share = application.run(look(each))
                rows.append({"set": judged.name, "answerable": each.answerable, "before": before, "share": share})
            file.writelines(json.dumps(row) + "\n" for row in rows)
            file.flush()
            embedder.save()


def read(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


def log_odds(before: np.ndarray) -> np.ndarray:
    return np.log(before / (1 - before))


class JudgedRows:
    """A set's questions, and of those that the findings leave open what the model was asked."""

    def __init__(self, name: str, rows: Sequence[dict[str, Any]]) -> None:
        self.name = name
        measured = [row for row in rows if row["share"] is not None]
        self.labels = np.array([row["answerable"] for row in measured])
        self.before = np.array([row["before"] for row in measured])
        self.values = np.column_stack([log_odds(self.before), [row["share"] for row in measured]])
        self.sizes, self.hopeless = {}, {}  # by sort: of all questions, and of those below `LOW`
        self.stands_for = np.ones(len(measured))  # where only some of a sort were asked, each stands for several
        for side in (True, False):
            before = np.array([row["before"] for row in rows if row["answerable"] == side])
            self.sizes[side], self.hopeless[side] = len(before), int((before < LOW).sum())
            mine = self.labels == side
            self.stands_for[mine] = ((before >= LOW) & (before < HIGH)).sum() / max(1, mine.sum())

    @property
    def counts(self) -> np.ndarray:
        """As how many each counts in a fit: no set has more than `MOST` of a sort."""
        most = {side: min(1.0, MOST / max(1, size)) for side, size in self.sizes.items()}
        return self.stands_for * [most[bool(label)] for label in self.labels]

    def refused(self, after: np.ndarray, least: float) -> dict[bool, float]:
        """How many of either sort, of all its questions."""
        return {
            side: self.hopeless[side] + float(self.stands_for[(self.labels == side) & (after < least)].sum())
            for side in (True, False)
        }


def fit_sets(sets: Sequence[JudgedRows]) -> tuple[np.ndarray, float]:
    """The weights, and below which probability of the answerable `REFUSED` lie."""
    values, counts = np.vstack([each.values for each in sets]), np.concatenate([each.counts for each in sets])
    labels = np.concatenate([each.labels for each in sets])
    weights = fit(values, labels.astype(float), counts)
    after, counts = chances(weights, values)[labels], counts[labels]
    order = np.argsort(after)
    return weights, float(after[order][np.searchsorted(np.cumsum(counts[order]) / counts.sum(), REFUSED)])


def chances(weights: np.ndarray, values: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-(weights[0] + values @ weights[1:])))


def show(rows: Sequence[dict[str, Any]]) -> None:
    """Each set by what was fitted without it: how many questions, refused below `LOW`, and with what the model says."""
    names = list(dict.fromkeys(row["set"] for row in rows))
    sets = [JudgedRows(name, [row for row in rows if row["set"] == name]) for name in names]
    gains, pooled = [], {True: np.zeros(3), False: np.zeros(3)}
    for held in sets:
        weights, least = fit_sets([other for other in sets if other is not held])
        after = chances(weights, held.values)
        refused = held.refused(after, least)
        line: dict[str, Any] = {"likelihood": held.name, "open": len(held.labels)}
        for side, name in ((True, "answerable"), (False, "unanswerable")):
            counts = np.array([held.sizes[side], held.hopeless[side], refused[side]])
            pooled[side] += counts
            line[name] = [int(counts[0]), *(counts[1:] / counts[0]).round(3).tolist()]
        if 0 < held.labels.sum() < len(held.labels):
            labels = list(map(bool, held.labels))
            areas = [auc(list(values), labels) for values in (held.before, after)]
            gains.append(areas[1] - areas[0])
            line["auc"] = [round(area, 3) for area in areas]
        print(json.dumps(line), flush=True)
    mean, error = float(np.mean(gains)), float(np.std(gains) / np.sqrt(len(gains)))
    shares = [(counts[1:] / counts[0]).round(3).tolist() for counts in pooled.values()]
    print(
        json.dumps(
            {
                "pooled": {"answerable": shares[0], "unanswerable": shares[1]},
                "gain": round(mean, 4),
                "error": round(error, 4),
            }
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", metavar="SET", type=Path, nargs="*")
    parser.add_argument("--rows", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "ayllu-vectors")
    parser.add_argument("--documents", type=int, default=300, help="at most, of each set")
    parser.add_argument("--questions", type=int, default=70, help="at most, of either sort, of each set")
    parser.add_argument("--open", type=int, default=40, help="of those, so many of either sort at most are put to the model")
    parser.add_argument("--model", default=DEFAULT_CHAT, help="by name, or a GGUF file")
    options = parser.parse_args()
    measure([*load_sets(options.sets, 10_000), *own_sets()], KeptVectors(options.cache), options)
    show(read(options.rows))


if __name__ == "__main__":
    main()
