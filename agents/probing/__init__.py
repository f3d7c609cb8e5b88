"""Finding out how a model is asked: a probe of bundled questions, and the profile that follows from it."""

from .choice import Figures, choose_profile
from .probe import Probe, ProbeReport, needs_probe, probe_answering, probe_questions

__all__ = ["Figures", "Probe", "ProbeReport", "choose_profile", "needs_probe", "probe_answering", "probe_questions"]
