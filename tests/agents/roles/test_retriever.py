"""The retriever, alone."""

from collections.abc import Callable

from ayllu.agents import EvidenceFound
from ayllu.agents.messages import Findings

from ..conftest import Stage


async def test_a_question_becomes_findings_and_evidence_on_screen(stage: Callable[..., Stage]) -> None:
    here = stage()
    findings = await here.say("retriever", here.question("and on Sundays?", query="When is the library open on Sundays?"))
    assert isinstance(findings, Findings)
    assert findings.retrieved.query == "When is the library open on Sundays?"
    assert len(findings.retrieved.passages) == 3
    (shown,) = [event for event in here.events if isinstance(event, EvidenceFound)]
    assert "10:00 to 14:00" in shown.evidence[0].text


async def test_what_was_found_in_an_earlier_attempt_is_passed_on_and_not_shown_again(stage: Callable[..., Stage]) -> None:
    here = stage()
    findings = await here.say("retriever", here.question())
    here.events.clear()
    assert await here.say("retriever", here.question(), findings) is findings
    assert here.events == []
