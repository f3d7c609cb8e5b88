"""Fit anew all that depends on the scores of search, on several sets: `python benchmarks/refit.py SET SET … [--write]`.

Run it whenever search or the choice of sentences changes, with sets that differ (see `judged.py`; manuals are never fitted
on, for they have too few questions, but judged). The sample's questions and the how-to questions (`own_sets.py`) always go
along. In order, each on what was chosen before it:

1. Fusion: the share of the dense side, by nDCG@10.
2. The critic's weights: a logistic regression, judged by what it refuses of the unanswerable questions less what of the
   others. A set that has unanswerable questions is asked those. Of any other, every second document stands in one half of
   a library, the others in the other half: a question is answerable in its own half and not in the other, unless what is
   retrieved there holds a gold answer too. Each set counts alike, up to `MOST` questions of either sort.
3. The critic's three thresholds, at each of which a given share of the answerable questions lies below.

Each is shown set by set: what is in use, and what was fitted without that set. A fit takes the place of what is in use only
where it is better on the mean of the sets that neither has seen (of all, where there are none) by more than the standard
error of that mean.
`--write` puts the outcome,
and on what each part was fitted, into `calibration.json`, which the program reads; what a draft tells is fitted by
`benchmarks/drafts.py`, and stays as it is.
"""

import argparse
import dataclasses
import json
import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from ayllu.agents import subject, with_history
from ayllu.agents.judging import CALIBRATION, Signals, measure_signals
from ayllu.calibration import fitted
from ayllu.evaluation import auc
from ayllu.evaluation.metrics import contains
from ayllu.retrieval import Library, Retrieved
from ayllu.retrieval.ranking import search
from critic import fit
from fusion import by_standing_out, rank_sets, weighted
from judged import JudgedSet, KeptVectors, load_sets
from own_sets import own_sets

TARGET = Path(__file__).parent.parent / "calibration.json"
PASSAGES = 3
BELOW = {  # the share of the answerable questions that is to lie below each threshold
    "threshold": 0.07,  # models that point refuse there
    "quote_threshold": 0.08,  # no sentence takes the place of prose
    "hopeless": 0.03,  # a model that writes prose is not asked
}
MOST = 60  # questions of either sort, as which a set counts at most
SHARES = (0.3, 0.4, 0.5, 0.6, 0.7)
SIGNALS = [signal.name for signal in dataclasses.fields(Signals)]
IN_USE = np.array([CALIBRATION.bias, *(getattr(CALIBRATION, name) for name in SIGNALS)])


@dataclass(frozen=True)
class Rows:
    """Signals of a set's questions, (n, signals), where they can be answered and where they cannot."""

    name: str
    yes: np.ndarray
    no: np.ndarray
    is_fitted_on: bool

    @property
    def signals(self) -> np.ndarray:
        return np.vstack([self.yes, self.no])

    @property
    def labels(self) -> np.ndarray:
        return np.repeat([1.0, 0.0], [len(self.yes), len(self.no)])

    @property
    def counts(self) -> np.ndarray:
        """As how many each row counts: either sort as many as it has, and at most `MOST`."""
        return np.concatenate([np.full(len(side), min(1.0, MOST / len(side))) for side in (self.yes, self.no)])


# --- fusion ---


def fit_fusion(files: Sequence[Path], embedder: KeptVectors, questions: int) -> tuple[float, Mapping[str, Any]]:
    ranked = rank_sets(files, embedder, questions)
    now = fitted().dense_share
    scores = {
        each.name: {share: float(np.mean(each.gains(weighted(by_standing_out, share)))) for share in {*SHARES, now}}
        for each in ranked
    }

    def best(names: Sequence[str]) -> float:
        return max(SHARES, key=lambda share: sum(scores[name][share] for name in names))

    unseen = {}
    for name, row in scores.items():
        unseen[name] = best([other for other in scores if other != name])
        line = {"fusion": name, "in_use": round(row[now], 4), "never_seen": round(row[unseen[name]], 4)}
        print(json.dumps({**line, "share": unseen[name]}), flush=True)
    gains = {name: row[unseen[name]] - row[now] for name, row in scores.items()}
    return outcome("fusion", gains, now, best(list(scores)), list(scores))


# --- critic ---


@dataclass(frozen=True)
class Asked:
    """A question, and what was found for it where its answer stands in the documents or where it does not."""

    library: Library
    typed: str
    retrieved: Retrieved
    answerable: bool

    @property
    def signals(self) -> Signals:
        return measure_signals(self.library, self.retrieved.query, self.retrieved, self.typed)


def ask(judged: JudgedSet, embedder: KeptVectors, most_documents: int, most_questions: int) -> Iterator[Asked]:
    """At most so many questions of either sort."""
    if judged.unanswerable:
        yield from ask_whole(judged, embedder, most_questions)
        return
    halves, questions = chosen(judged, most_documents, most_questions)
    with tempfile.TemporaryDirectory(prefix="ayllu-refit-") as folder, Library.open(Path(folder), embedder) as library:
        with library.writing():
            library.add(
                dataclasses.replace(document, collection=halves[document.source])
                for document in judged.documents
                if document.source in halves
            )
        for question, own in questions:
            typed = subject(question.text)
            for half in ("even", "odd"):
                retrieved = library.retrieve(typed, k=PASSAGES, collection=half)
                text = " ".join(passage.text for passage in retrieved.passages)
                if half == own or not contains(text, question.answers):
                    yield Asked(library, typed, retrieved, half == own)


def ask_whole(judged: JudgedSet, embedder: KeptVectors, most_questions: int) -> Iterator[Asked]:
    """Of a set that says itself which of its questions its documents do not answer."""
    with judged.library(embedder) as library:
        for questions in (judged.questions, judged.unanswerable):
            for question in random.Random(0).sample(questions, min(len(questions), most_questions)):
                query = typed = subject(question.text)
                if question.history:
                    query = with_history(question.text, question.history)
                retrieved = library.retrieve(query, k=PASSAGES, collection=judged.collection)
                yield Asked(library, typed, retrieved, questions is judged.questions)


def measure(judged: JudgedSet, embedder: KeptVectors, most_documents: int, most_questions: int) -> Rows:
    rows: dict[bool, list[tuple[float, ...]]] = {True: [], False: []}
    for each in ask(judged, embedder, most_documents, most_questions):
        rows[each.answerable].append(astuple(each.signals))
    return Rows(judged.name, np.array(rows[True]), np.array(rows[False]), is_fitted_on=bool(judged.documents))


def chosen(judged: JudgedSet, most_documents: int, most_questions: int):
    """The half of each document by its id, and questions with the half that holds their answer."""
    ids = [document.source for document in judged.documents][:most_documents]
    halves = {document: ("even", "odd")[place % 2] for place, document in enumerate(ids)}
    questions = []
    for question in judged.questions:
        own = {halves.get(document, "") for document in question.relevant}
        if len(own) == 1 and "" not in own:
            questions.append((question, *own))
    random.Random(0).shuffle(questions)
    return halves, questions[:most_questions]


def chances(weights: np.ndarray, rows: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-(weights[0] + rows @ weights[1:])))


def fit_weights(sets: Sequence[Rows]) -> np.ndarray:
    signals = np.vstack([rows.signals for rows in sets])
    labels, counts = (np.concatenate([getattr(rows, name) for rows in sets]) for name in ("labels", "counts"))
    return fit(signals, labels, counts)


def fit_threshold(sets: Sequence[Rows], weights: np.ndarray, share: float) -> float:
    """Below which `share` of the answerable questions of all sets lies."""
    answerable = np.concatenate([chances(weights, rows.yes) for rows in sets])
    counts = np.concatenate([rows.counts[: len(rows.yes)] for rows in sets])
    order = np.argsort(answerable)
    below = np.cumsum(counts[order]) / counts.sum()
    return float(answerable[order][np.searchsorted(below, share)])


def figures(rows: Rows, weights: np.ndarray, threshold: float) -> dict[str, float]:
    yes, no = chances(weights, rows.yes), chances(weights, rows.no)
    area = auc([*yes, *no], [True] * len(yes) + [False] * len(no))
    shares = {"refused": (yes < threshold).mean(), "unanswerable_refused": (no < threshold).mean()}
    return {"auc": round(area, 3), **{name: round(float(share), 3) for name, share in shares.items()}}


def balance(row: Mapping[str, float]) -> float:
    """What a threshold is there for: unanswerable questions refused, less answerable ones."""
    return row["unanswerable_refused"] - row["refused"]


def fit_critic(sets: Sequence[Rows]) -> tuple[np.ndarray, Mapping[str, Any]]:
    fitted_on = [rows for rows in sets if rows.is_fitted_on]
    gains = {}
    for rows in sets:
        others = [other for other in fitted_on if other is not rows]
        weights = fit_weights(others)
        now, unseen = (
            figures(rows, IN_USE, CALIBRATION.threshold),
            figures(rows, weights, fit_threshold(others, weights, BELOW["threshold"])),
        )
        gains[rows.name] = balance(unseen) - balance(now)
        counts = {"answerable": len(rows.yes), "unanswerable": len(rows.no)}
        print(json.dumps({"critic": rows.name, **counts, "in_use": now, "never_seen": unseen}), flush=True)
    weights, origin = outcome("critic", gains, IN_USE, fit_weights(fitted_on), [rows.name for rows in fitted_on])
    return weights, origin


def fit_critic_threshold(name: str, sets: Sequence[Rows], weights: np.ndarray) -> tuple[float, Mapping[str, Any]]:
    """The better one is nearer to the share that is to lie below. Other weights need another threshold."""
    fitted_on, share = [rows for rows in sets if rows.is_fitted_on], BELOW[name]
    new = fit_threshold(fitted_on, weights, share)
    now = getattr(CALIBRATION, name) if weights is IN_USE else new
    gains = {}
    for rows in fitted_on:
        unseen = fit_threshold([other for other in fitted_on if other is not rows], weights, share)
        below = {
            which: [float((chances(weights, side) < at).mean()) for side in (rows.yes, rows.no)]
            for which, at in (("in_use", now), ("never_seen", unseen))
        }
        gains[rows.name] = abs(below["in_use"][0] - share) - abs(below["never_seen"][0] - share)
        line = {which: [round(each, 3) for each in shares] for which, shares in below.items()}
        print(json.dumps({name: rows.name, "below": line, "fitted": round(unseen, 3)}), flush=True)
    names = [rows.name for rows in fitted_on]
    value, origin = outcome(name, gains, now, new, names)
    return value, origin if weights is IN_USE else {**origin, "fitted_on": names}


# --- what becomes of a fit ---


def outcome(part: str, gains: Mapping[str, float], now, new, names: Sequence[str]):
    """Which of both is used from now on, and its origin. `gains`: of the fits, each on the set that it has not seen."""
    before = fitted().origin.get(part, {}).get("fitted_on", [])
    judges = [name for name in gains if name not in before] or list(gains)
    mean, spread = np.mean([gains[name] for name in judges]), np.std([gains[name] for name in judges])
    better = bool(mean > spread / np.sqrt(len(judges)))
    judged = {"judged_on": judges, "gain": round(float(mean), 4), "date": datetime.now(UTC).date().isoformat()}
    print(json.dumps({part: "replaced" if better else "kept", **judged}), flush=True)
    return (new, {"fitted_on": names, **judged}) if better else (now, {"fitted_on": before, **judged})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", metavar="SET", type=Path, nargs="+")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "ayllu-vectors")
    parser.add_argument("--fusion-questions", type=int, default=300, help="at most, of each set")
    parser.add_argument("--documents", type=int, default=300, help="at most, of each set, for the critic")
    parser.add_argument("--questions", type=int, default=300, help="at most, of each set, for the critic")
    parser.add_argument("--write", action="store_true", help="write `calibration.json`")
    options = parser.parse_args()
    embedder = KeptVectors(options.cache)
    share, fusion_origin = fit_fusion(options.sets, embedder, options.fusion_questions)
    search.fitted = lambda: dataclasses.replace(fitted(), dense_share=share)  # what follows is fitted on that
    rows = []
    for judged in [*load_sets(options.sets, 10_000), *own_sets()]:
        rows.append(measure(judged, embedder, options.documents, options.questions))
        embedder.save()
    weights, critic_origin = fit_critic(rows)
    thresholds = {name: fit_critic_threshold(name, rows, weights) for name in BELOW}
    named = dict(zip(["bias", *SIGNALS], weights.round(3).tolist(), strict=True))
    values = {name: round(value, 3) for name, (value, _) in thresholds.items()}
    content = {
        "fusion": {"dense_share": share},
        "critic": {**fitted().critic, embedder.name: {**fitted().critic.get(embedder.name, {}), **named, **values}},
        "origin": {
            **fitted().origin,
            "fusion": fusion_origin,
            "critic": critic_origin,
            **{name: origin for name, (_, origin) in thresholds.items()},
        },
    }
    text = json.dumps(content, indent=2) + "\n"
    print(text, end="")
    if options.write:
        TARGET.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
