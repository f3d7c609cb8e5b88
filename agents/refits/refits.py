"""The fits in use: read from the log when a question is asked, fitted where something was said since."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

from ...calibration import fitted
from ...errors import AylluError
from ...feedback import Derived, FeedbackLog, Said
from .bias import BiasFit, fit_bias
from .facts import Facts, facts_of
from .fusion import FusionFit, fit_share
from .labels import Labels, Opinion, collect_labels, opinions

log = logging.getLogger(__name__)
_KEPT = 64  # fits


class Refits:
    """Of one person's log; where that cannot be read, nothing is fitted. Methods are safe to call from several threads."""

    def __init__(self, open_log: Callable[[], FeedbackLog | None], person: str, *, anywhere: bool = False) -> None:
        """`open_log` gives the log, None where nothing was said yet. `anywhere`: whatever the collection is called."""
        self._open_log = open_log
        self._person = person
        self._anywhere = anywhere
        self._rows: dict[str, Sequence[Facts]] | None = None
        self._statements: Sequence[Said] = ()
        self._fits: dict[tuple[object, ...], BiasFit | FusionFit] = {}
        self._lock = threading.Lock()

    def bias(self, collections: Sequence[str], embedder: str, *, prose: bool) -> BiasFit:
        """By how much the critic's log-odds are moved."""

        def fit(labels: Labels) -> BiasFit:
            return fit_bias(labels.refusals, labels.rated, labels.corrections)

        fit_made = self._fit(("bias", tuple(collections), embedder, prose), fit, collections, embedder, prose)
        return fit_made if isinstance(fit_made, BiasFit) else BiasFit()

    def fusion(self, collections: Sequence[str], embedder: str) -> FusionFit:
        """How much meaning counts beside words; the shipped share where `share` is None."""

        def fit(labels: Labels) -> FusionFit:
            return fit_share(labels.rankings, fitted().dense_share)

        fit_made = self._fit(("fusion", tuple(collections), embedder), fit, collections, embedder, True)
        return fit_made if isinstance(fit_made, FusionFit) else FusionFit()

    def labels(self, collections: Sequence[str], embedder: str, *, prose: bool) -> Labels:
        """What the fits are made of.

        Raises:
            DatabaseDamaged, DatabaseUnavailable: the log cannot be read.
        """
        with self._lock:
            return self._labels(collections, embedder, prose)

    def judged(self) -> tuple[Mapping[str, Opinion], Mapping[str, Facts]]:
        """All that the person holds of answers, and what is known of these, by answer; raises as `labels` does."""
        with self._lock:
            self._read()
            return opinions(self._statements, self._person), self._facts()

    def kinds(self) -> Sequence[tuple[str, str, bool]]:
        """Each collection, embedder, and whether prose was written, of the answers that were judged; raises as `labels`."""
        held, facts = self.judged()
        judged = [facts[each] for each in held if each in facts]
        return sorted({(name, each.embedder, each.prose) for each in judged for name in each.collections})

    def _fit(
        self,
        key: tuple[object, ...],
        fit: Callable[[Labels], BiasFit | FusionFit],
        collections: Sequence[str],
        embedder: str,
        prose: bool,
    ) -> BiasFit | FusionFit | None:
        try:
            with self._lock:
                self._read()
                if key not in self._fits:
                    if len(self._fits) >= _KEPT:
                        self._fits.clear()
                    self._fits[key] = fit(self._labels(collections, embedder, prose))
                return self._fits[key]
        except AylluError as error:  # the archivist says that the log cannot be read
            error.log_once(log)
            return None

    def _labels(self, collections: Sequence[str], embedder: str, prose: bool) -> Labels:
        self._read()
        wanted = set(collections)
        about = {
            name: facts for name, facts in self._facts().items() if self._anywhere or wanted.intersection(facts.collections)
        }
        return collect_labels(opinions(self._statements, self._person), about, embedder=embedder, prose=prose)

    def _facts(self) -> dict[str, Facts]:
        """By answer; of several events on one, what a correction stands in is kept."""
        known: dict[str, Facts] = {}
        for facts in (each for row in (self._rows or {}).values() for each in row):
            if facts.message_id not in known or facts.corrected_from:
                known[facts.message_id] = facts
        return known

    def _read(self) -> None:
        """Take in what was said, and taken back, since."""
        feedback = self._open_log()
        if feedback is None:
            return
        statements = feedback.refits.statements()
        if self._rows is not None and (statements is self._statements or statements == self._statements):
            return
        if self._rows is None:
            self._rows = {name: _facts_from(row.body) for name, row in feedback.refits.read().items()}
        self._fits.clear()
        names: dict[str, set[str]] = {}
        for each in statements:
            names.setdefault(each.event_id, set()).add(each.name)
        gone = [event_id for event_id in self._rows if event_id not in names]
        events = feedback.read(sorted(names.keys() - self._rows.keys()))
        new = {each.event_id: facts_of(each.limited_to(names[each.event_id])) for each in events if not each.forgotten}
        for event_id in gone:
            del self._rows[event_id]
        self._rows |= new
        self._statements = statements
        try:
            rows = [Derived(name, json.dumps([asdict(each) for each in facts])) for name, facts in new.items()]
            if rows or gone:
                feedback.refits.keep(rows, gone)
        except AylluError as error:  # it is made again the next time
            error.log_once(log)


def _facts_from(body: str) -> Sequence[Facts]:
    try:
        return [Facts.from_row(row) for row in json.loads(body)]
    except (ValueError, TypeError, KeyError) as error:
        log.warning("What was fitted to of an event cannot be read: %s", error)
        return []
