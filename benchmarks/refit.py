"""Fit anew all that depends on the scores of search, on several sets: `python benchmarks/refit.py SET SET … [--write]`.

Run it whenever search or the choice of sentences changes, with sets that differ (see `judged.py`; manuals are never fitted
on, for they have too few questions, but judged). In order, each on what was chosen before it:

1. Fusion: the share of the dense side, by nDCG@10.
2. The critic's weights: a logistic regression. Every second document of a set stands in one half of a library, the others in
   the other half: a question is answerable in its own half and not in the other, unless what is retrieved there holds a
   gold answer too. As many questions of each set.
3. The critic's threshold, at which a given share of the answerable are refused on the mean of the sets.

Each is shown set by set: what is in use, and what was fitted without that set. A fit takes the place of what is in use only
where it is better on the mean of the sets that neither has seen (of all, where there are none) by more than the standard
error of that mean.
`--write` puts the outcome, and on what each part was fitted, into `calibration.json`, which the program reads.
"""

import argparse
import dataclasses
import json
import random
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from ayllu.agents.judging import CALIBRATION, Signals, measure_signals
from ayllu.calibration import fitted
from ayllu.evaluation import auc
from ayllu.evaluation.metrics import contains
from ayllu.retrieval import Library
from ayllu.retrieval.ranking import search
from critic import fit
from fusion import by_standing_out, rank_sets, weighted
from judged import JudgedSet, KeptVectors, load_sets

TARGET = Path(__file__).parent.parent / "calibration.json"
PASSAGES = 3
REFUSED = 0.07  # of the answerable, on the mean of the sets
HOPELESS = 0.03  # of the answerable, for which a model that writes prose is not asked
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


def measure(judged: JudgedSet, embedder: KeptVectors, most_documents: int, most_questions: int) -> Rows:
    if not judged.documents:
        return measure_whole(judged, embedder)
    halves, questions = chosen(judged, most_documents, most_questions)
    rows: dict[bool, list[tuple[float, ...]]] = {True: [], False: []}
    with tempfile.TemporaryDirectory(prefix="ayllu-refit-") as folder, Library.open(Path(folder), embedder) as library:
        with library.writing():
            library.add(
                dataclasses.replace(document, collection=halves[document.source])
                for document in judged.documents
                if document.source in halves
            )
        for question, own in questions:
            for half in ("even", "odd"):
                retrieved = library.retrieve(question.text, k=PASSAGES, collection=half)
                text = " ".join(passage.text for passage in retrieved.passages)
                if half == own or not contains(text, question.answers):
                    rows[half == own].append(astuple(measure_signals(library, question.text, retrieved)))
    return Rows(judged.name, np.array(rows[True]), np.array(rows[False]), True)


def measure_whole(judged: JudgedSet, embedder: KeptVectors) -> Rows:
    """Manuals: answerable or not as `manuals.jsonl` says."""
    rows = []
    with judged.library(embedder) as library:
        for text in (*(question.text for question in judged.questions), *judged.unanswerable):
            retrieved = library.retrieve(text, k=PASSAGES, collection=judged.collection)
            rows.append(astuple(measure_signals(library, text, retrieved)))
    first = len(judged.questions)
    return Rows(judged.name, np.array(rows[:first]), np.array(rows[first:]), False)


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
    """Each set has the same number of questions in it."""
    least = min(len(side) for rows in sets for side in (rows.yes, rows.no))
    yes, no = (np.vstack([getattr(rows, side)[:least] for rows in sets]) for side in ("yes", "no"))
    return fit(np.vstack([yes, no]), np.repeat([1.0, 0.0], len(yes)))


def fit_threshold(sets: Sequence[Rows], weights: np.ndarray) -> float:
    least = min(len(rows.yes) for rows in sets)
    return float(np.quantile(np.concatenate([chances(weights, rows.yes[:least]) for rows in sets]), REFUSED))


def figures(rows: Rows, weights: np.ndarray, threshold: float) -> dict[str, float]:
    yes, no = chances(weights, rows.yes), chances(weights, rows.no)
    area = auc([*yes, *no], [True] * len(yes) + [False] * len(no))
    shares = {"refused": (yes < threshold).mean(), "unanswerable_refused": (no < threshold).mean()}
    return {"auc": round(area, 3), **{name: round(float(share), 3) for name, share in shares.items()}}


def fit_critic(sets: Sequence[Rows]) -> tuple[np.ndarray, Mapping[str, Any]]:
    fitted_on = [rows for rows in sets if rows.is_fitted_on]
    gains = {}
    for rows in sets:
        others = [other for other in fitted_on if other is not rows]
        weights = fit_weights(others)
        now, unseen = figures(rows, IN_USE, CALIBRATION.threshold), figures(rows, weights, fit_threshold(others, weights))
        gains[rows.name] = unseen["auc"] - now["auc"]
        counts = {"answerable": len(rows.yes), "unanswerable": len(rows.no)}
        print(json.dumps({"critic": rows.name, **counts, "in_use": now, "never_seen": unseen}), flush=True)
    weights, origin = outcome("critic", gains, IN_USE, fit_weights(fitted_on), [rows.name for rows in fitted_on])
    return weights, origin


def fit_critic_threshold(sets: Sequence[Rows], weights: np.ndarray) -> tuple[float, Mapping[str, Any]]:
    """The better one is nearer to the share that is to be refused. Other weights need another threshold."""
    fitted_on = [rows for rows in sets if rows.is_fitted_on]
    new = fit_threshold(fitted_on, weights)
    now = CALIBRATION.threshold if weights is IN_USE else new
    gains = {}
    for rows in fitted_on:
        unseen = fit_threshold([other for other in fitted_on if other is not rows], weights)
        shares = {
            name: float((chances(weights, rows.yes) < at).mean()) for name, at in (("in_use", now), ("unseen", unseen))
        }
        gains[rows.name] = abs(shares["in_use"] - REFUSED) - abs(shares["unseen"] - REFUSED)
        line = {name: round(share, 3) for name, share in shares.items()}
        print(json.dumps({"threshold": rows.name, "refused": line, "fitted": round(unseen, 3)}), flush=True)
    names = [rows.name for rows in fitted_on]
    threshold, origin = outcome("threshold", gains, now, new, names)
    return threshold, origin if weights is IN_USE else {**origin, "fitted_on": names}


def prose_bounds(sets: Sequence[Rows], weights: np.ndarray) -> dict[str, float]:
    """Of a model that writes prose: below which it is not asked, and below which all that it writes must be supported."""
    least = min(len(rows.yes) for rows in sets)
    yes = np.concatenate([chances(weights, rows.yes[:least]) for rows in sets])
    return {
        "prose_threshold": round(float(np.quantile(yes, REFUSED)), 3),
        "hopeless": round(float(np.quantile(yes, HOPELESS)), 3),
    }


# --- what becomes of a fit ---


def outcome(part: str, gains: Mapping[str, float], now, new, names: Sequence[str]):
    """Which of both is used from now on, and its origin. `gains`: of the fits, each on the set that it has not seen."""
    before = fitted().origin[part]["fitted_on"]
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
    for judged in load_sets(options.sets, 10_000):
        rows.append(measure(judged, embedder, options.documents, options.questions))
        embedder.save()
    weights, critic_origin = fit_critic(rows)
    threshold, threshold_origin = fit_critic_threshold(rows, weights)
    named = dict(zip(["bias", *SIGNALS], weights.round(3).tolist(), strict=True))
    content = {
        "fusion": {"dense_share": share},
        "critic": {
            **fitted().critic,
            embedder.name: {**named, "threshold": round(threshold, 3), **prose_bounds(rows, weights)},
        },
        "origin": {"fusion": fusion_origin, "critic": critic_origin, "threshold": threshold_origin},
    }
    text = json.dumps(content, indent=2) + "\n"
    print(text, end="")
    if options.write:
        TARGET.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
