"""The probe measures whether the second reader's phrase stands before a model's draft, by kind of fact where it can."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from autogen_core.models import LLMMessage
from ayllu.agents import SecondReader
from ayllu.agents.asking import fact_kind
from ayllu.agents.probing import Comparison, FactReader, ProbeReport, choose_precedence, probe_answering, probe_facts
from ayllu.agents.prompts import load_prompt
from ayllu.agents.second import Agreement
from ayllu.backends import BackendFailed
from ayllu.backends.scripted import ScriptedBackend
from ayllu.models import FactKind, Profiles
from ayllu.retrieval import HashingEmbedder

FACTS = {fact.question: fact.answers[0] for fact in probe_facts()}
Writes = Callable[[str, str], str]


def question_of(messages: Sequence[LLMMessage]) -> str:
    return str(messages[-1].content).rpartition("Question: ")[2].partition("\n\n")[0]


def likings(prompt: str) -> dict[str, float]:
    """Right of every fact."""
    asked_last = max(FACTS, key=prompt.rfind)
    return {FACTS[asked_last]: -0.1}


async def probed(folder: Path, writes: Writes, *, down: Exception | None = None) -> ProbeReport:
    """What is found of a model that writes what `writes` gives for a question and the fact that answers it."""

    def write(messages: Sequence[LLMMessage]) -> str:
        question = question_of(messages)
        return writes(question, FACTS.get(question, "nothing"))

    little = ScriptedBackend(style="span", model="little", likings=likings)
    little.down = down
    reader = SecondReader(lambda: little)
    with FactReader(reader, HashingEmbedder(), lambda name: load_prompt(name, None)) as second:
        report = await probe_answering(ScriptedBackend(otherwise=write), Profiles(folder), second=second)
    assert Profiles(folder).find("scripted-scripted-model") == report.profile
    return report


async def test_the_phrase_stands_first_beside_a_model_that_is_often_wrong(tmp_path: Path) -> None:
    report = await probed(tmp_path, lambda question, answer: "It is green, says Ms Brown.")
    assert report.profile.second_reader == "phrase"
    assert report.readings is not None
    assert report.readings.facts == len(FACTS)
    assert report.readings.phrase_alone >= 0.5 * len(FACTS)  # what is found by hashed words
    assert "phrase stands first" in report.words


@pytest.mark.slow
async def test_of_a_model_that_is_right_nothing_follows_but_that_its_own_words_stand(tmp_path: Path) -> None:
    report = await probed(tmp_path, lambda question, answer: f"It is {answer}.")
    assert report.readings is not None
    assert report.profile.second_reader in ("auto", "draft")  # by how often the other is wrong
    assert report.to_json()["second_reader"]["drafts_right"] == len(FACTS)


async def test_what_stands_first_stays_open_where_the_second_reader_fails(tmp_path: Path) -> None:
    report = await probed(tmp_path, lambda question, answer: f"It is {answer}.", down=BackendFailed("no memory", hint=""))
    assert (report.profile.second_reader, report.profile.origin) == ("auto", "probe")


def compared(kind: FactKind, *, drafted: bool, read: bool, agreement: Agreement | None = "differs") -> Comparison:
    return Comparison(kind, drafted, read, agreement)


def test_of_one_kind_of_fact_the_other_reading_may_stand_first() -> None:
    names = [compared("name", drafted=True, read=False)] * 6 + [compared("name", drafted=False, read=False)] * 4
    figures = [compared("figure", drafted=False, read=True)] * 5 + [compared("figure", drafted=False, read=False)] * 5
    assert choose_precedence([*names, *figures]) == (None, {"name": "draft", "figure": "phrase"})
    assert choose_precedence([*names[:4], *figures]) == (None, {"figure": "phrase"})  # too few names to say
    assert choose_precedence([*names, *figures[:2], *figures[5:]]) == ("draft", {})  # of two figures nothing follows


def test_of_few_facts_and_small_differences_nothing_follows() -> None:
    right = [compared("name", drafted=True, read=True, agreement="agrees")] * 7
    assert choose_precedence(right) == (None, {})
    wrong = [compared("name", drafted=False, read=False)] * 3
    lead = [compared("name", drafted=False, read=True)]
    assert choose_precedence([*right, *wrong, *lead]) == (None, {})
    assert choose_precedence([*right, *wrong, *lead, *lead]) == ("phrase", {})


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many books may a member borrow?", "figure"),
        ("On which day does the council of Merow meet?", "figure"),
        ("What does a ticket for a dog cost?", "figure"),
        ("Who founded the choir?", "name"),
        ("Which command removes notes?", "name"),
    ],
)
def test_a_fact_is_a_figure_or_a_name(question: str, kind: str) -> None:
    assert fact_kind(question) == kind
