"""Finding out how a model is asked: a probe of bundled questions, and the profile that follows from it."""

from .choice import Figures, choose_profile
from .facts import Comparison, FactReader
from .precedence import Readings, choose_precedence
from .probe import Probe, ProbeReport, needs_probe, probe_answering, probe_facts, probe_questions

__all__ = [
    "Comparison",
    "FactReader",
    "Figures",
    "Probe",
    "ProbeReport",
    "Readings",
    "choose_precedence",
    "choose_profile",
    "needs_probe",
    "probe_answering",
    "probe_facts",
    "probe_questions",
]
