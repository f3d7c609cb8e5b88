"""What is said at the end of a reading: the draft with its marks and how much was read, or why there is none."""

from __future__ import annotations

from collections.abc import Sequence

from ...backends import Backend
from ...config import AgentSettings
from ...conversations import Withdrawn
from ...retrieval import HEADING_SEPARATOR, Passage, Retrieved
from ...text import one_line, safe
from ..judging import Decision
from ..messages import Draft, Findings, Question, Reply, TeamMessage, Verdict
from ..writing import Attributed, abstention, mark_statements, strip_marks
from .choosing import title_of
from .coverage import Ended, documents_read, left_out
from .parts import Part
from .planning import Plan

_READER = "reader"
_CANDIDATES_SHOWN = 10
_HEADINGS_SHOWN = 12
_UNABLE = (
    "{model} copies phrases out of passages and cannot sum up a document. `ayllu models list` names the models that can and"
    " fit this machine; `ayllu models use NAME` takes one."
)
_NO_SUPPORT = "nothing in it stands in the documents"
_SHOWN_UNCITED = 3  # passages


def answer_messages(
    question: Question,
    draft: Draft,
    statements: Sequence[Attributed],
    *,
    parts: Sequence[Part],
    read: int,
    ended: Ended,
    settings: AgentSettings,
) -> tuple[TeamMessage, ...]:
    """The draft as it is shown; an abstention where nothing in it is supported."""
    coverage = documents_read(parts, read, ended)
    rest = left_out(parts, read, ended, seconds=settings.whole_seconds, tokens=settings.whole_tokens)
    if not any(each.supported or (each.foreign and each.supported is None) for each in statements):
        text = abstention(question.text)
        withdrawn = Withdrawn(safe(draft.text.strip()), _NO_SUPPORT) if draft.text.strip() else None
        reply = Reply(source="editor", text=_with(text, rest), short=text, kind="abstained", withdrawn=withdrawn)
        cited: tuple[Passage, ...] = ()
    else:
        marked = mark_statements(draft.text, statements, draft.read, strict=settings.strict)
        reply = Reply(
            source="editor",
            text=_with(marked.text, rest),
            short=strip_marks(marked.text),
            kind="draft",
            cited=marked.cited,
            unsupported=marked.unsupported,
        )
        cited = marked.cited
    shown = cited or tuple(passage for part in parts[:1] for passage in part.passages[:_SHOWN_UNCITED])
    return (
        _findings(question, shown),
        draft.model_copy(update={"read": cited}),
        _verdict(statements, "abstain" if reply.kind == "abstained" else "draft"),
        reply.model_copy(update={"documents_read": coverage}),
    )


def unable(question: Question, plan: Plan, backend: Backend, passages: Sequence[Passage]) -> tuple[TeamMessage, ...]:
    """Why a model that points at spans sums up nothing, and what stands in the document's headings."""
    text = _UNABLE.format(model=backend.model)
    headings = dict.fromkeys(
        one_line(heading) for passage in passages for heading in passage.heading.split(HEADING_SEPARATOR) if heading.strip()
    )
    titles = [title_of(document) for document in plan.documents]
    names = [heading for heading in headings if heading not in titles][:_HEADINGS_SHOWN]
    if len(plan.documents) == 1 and names:
        text += f"\n\nThe headings of {one_line(titles[0])}: {'; '.join(names)}."
    return _abstaining(question, safe(text), passages[:_SHOWN_UNCITED])


def asking_back(question: Question, plan: Plan) -> tuple[TeamMessage, ...]:
    """Which of several documents is meant."""
    names = [one_line(name, 80) for name in plan.candidates[:_CANDIDATES_SHOWN]]
    more = len(plan.candidates) - len(names)
    text = "Which document do you mean?\n\n" + "\n".join(f"- {name}" for name in names)
    text += f"\n- … and {more} more" if more > 0 else ""
    *before, reply = _abstaining(question, safe(text), ())
    return (*before, reply.model_copy(update={"asks_back": tuple(names)}))


def abstaining(question: Question) -> tuple[TeamMessage, ...]:
    """There is nothing to read in it."""
    return _abstaining(question, abstention(question.text), ())


def _abstaining(question: Question, text: str, passages: Sequence[Passage]) -> tuple[TeamMessage, ...]:
    reply = Reply(source="editor", text=text, short=text, kind="abstained")
    return (_findings(question, passages), _verdict((), "abstain"), reply)


def _findings(question: Question, passages: Sequence[Passage]) -> Findings:
    return Findings(source=_READER, retrieved=Retrieved(question.query, tuple(passages), (), 0.0, 0.0))


def _verdict(statements: Sequence[Attributed], decision: Decision) -> Verdict:
    return Verdict(source="critic", decision=decision, method="prose", answerable=1.0, statements=tuple(statements))


def _with(text: str, rest: str) -> str:
    return f"{text}\n\n{safe(rest)}" if rest else text
