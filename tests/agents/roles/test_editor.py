"""The editor, alone: what is shown, and under which marks."""

from collections.abc import Callable

from ayllu.agents import ABSTAINED, Token
from ayllu.agents.messages import Draft, Findings, Reply, Verdict
from ayllu.agents.writing import Attributed, split_statements
from ayllu.config import AgentSettings
from ayllu.conversations import Unsupported, Withdrawn
from ayllu.retrieval import Passage, Retrieved, Sentence

from ..conftest import Stage

PASSAGES = [Passage(f"c{n}", f"{n}.md", None, f"Text {n}.", 0, 7, 0.5, 0.5) for n in (1, 2, 3)]
SENTENCES = [Sentence(passage, passage.text, 0, 7, 1.0, 0.5, 0.5, False) for passage in PASSAGES]
FINDINGS = Findings(source="retriever", retrieved=Retrieved("?", PASSAGES, SENTENCES, 0.1, 0.2))


PROSE = Draft(source="writer", method="prose", text="It is so [9]. It is not. And so it is.")
ATTRIBUTED = tuple(
    Attributed(statement, passages, bool(passages))
    for statement, passages in zip(split_statements(PROSE.text), [(3,), (), (1, 3)], strict=True)
)


def verdict(decision: str, method: str = "prose") -> Verdict:
    statements = ATTRIBUTED if decision == "draft" else ()
    reason = "" if decision == "draft" else "no support"
    return Verdict(source="critic", decision=decision, method=method, answerable=0.5, statements=statements, reason=reason)


async def reply(here: Stage, draft: Draft, decision: str) -> Reply:
    answer = await here.say("editor", here.question(), FINDINGS, verdict("write"), draft, verdict(decision, draft.method))
    assert isinstance(answer, Reply)
    return answer


async def test_prose_has_the_marks_of_what_supports_it_and_names_the_rest(stage: Callable[..., Stage]) -> None:
    answer = await reply(stage(), PROSE, "draft")
    assert answer.text == "It is so [1]. It is not. And so it is [2][1]."
    assert (answer.short, answer.kind) == ("It is so. It is not. And so it is.", "draft")
    assert [passage.chunk_id for passage in answer.cited] == ["c3", "c1"]
    assert answer.unsupported == (Unsupported("It is not.", 14, 24),)
    assert answer.withdrawn is None


async def test_where_it_is_strict_nothing_without_support_is_shown(stage: Callable[..., Stage]) -> None:
    here = stage()
    here.settings = here.settings.model_copy(update={"agents": AgentSettings(strict=True)})
    answer = await reply(here, PROSE, "draft")
    assert answer.text == "It is so [1]. And so it is [2][1]."
    assert answer.unsupported == ()


async def test_a_short_answer_stands_above_its_quotations_and_appears_at_once(stage: Callable[..., Stage]) -> None:
    here = stage()
    draft = Draft(source="writer", method="span", short="Text 2", quotations=(SENTENCES[1], SENTENCES[0]))
    answer = await reply(here, draft, "draft")
    assert answer.text == "Text 2 [1]\n\n> “Text 2.” [1]\n>\n> “Text 1.” [2]"
    assert (answer.short, answer.kind) == ("Text 2", "draft")
    assert here.events == [Token(answer.text)]


async def test_unsupported_prose_gives_way_to_the_best_sentence(stage: Callable[..., Stage]) -> None:
    here = stage()
    answer = await reply(here, Draft(source="writer", method="prose", text="Bananas."), "quote")
    assert (answer.text, answer.short, answer.kind) == ("> “Text 1.” [1]", "Text 1.", "quote")
    assert here.events == []  # a draft was streamed, and dropped
    assert answer.withdrawn == Withdrawn("Bananas.", "no support")


async def test_an_abstention_cites_nothing(stage: Callable[..., Stage]) -> None:
    here = stage()
    answer = await here.say("editor", here.question(), FINDINGS, verdict("abstain"))
    assert (answer.text, answer.short, answer.kind, answer.cited) == (ABSTAINED, ABSTAINED, "abstained", ())


async def test_an_abstention_speaks_the_language_of_the_question(stage: Callable[..., Stage]) -> None:
    here = stage()
    answer = await here.say("editor", here.question("¿Quién fundó Roma?"), FINDINGS, verdict("abstain"))
    assert (answer.text, answer.kind) == ("No he podido encontrarlo en tus documentos.", "abstained")


async def test_what_a_document_says_is_never_taken_for_a_mark(stage: Callable[..., Stage]) -> None:
    hostile = Sentence(PASSAGES[0], "See [9]\x1b[31m now.", 0, 7, 1.0, 0.5, 0.5, False)
    answer = await reply(stage(), Draft(source="writer", method="quotation", quotations=(hostile,)), "quote")
    assert answer.text == "> “See (9) now.” [1]"
