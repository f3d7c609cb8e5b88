"""How evidence, answers and sources look as lines of text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..text import one_line, place_label
from .errors import Interrupted
from .interrupts import stoppable
from .output import Output

if TYPE_CHECKING:
    from ..agents import ChatSession
    from ..conversations import Answer, Evidence

UNSUPPORTED = "(not found in the documents)"
SAMPLE_NOTE = "Your library is empty, so this is about the sample documents. Add your own with `ayllu ingest PATH`."
_SENTENCES_SHOWN = 3
_SHARE = 0.1  # of a long reading, after which a line tells of it where no terminal shows it
_THOUGHT_SHOWN = 120  # characters of what a model is thinking


async def stream_answer(session: ChatSession, question: str, output: Output) -> Answer:
    """Ask, and show evidence first, then the draft while it is written; `show_answer` shows what came of it.

    Ctrl-C stops the question, a second one leaves at once.

    Raises:
        AylluError: the question failed; `Interrupted` where the person stopped it.
    """
    from ..agents import AnswerReady, DraftDropped, EvidenceFound, Failed, Progress, Thought, Token, Warned

    final: Answer | None = None
    draft, thought = "", ""
    shown: Sequence[Evidence] = ()
    noted = 0.0  # share of a long reading that the last line told of
    with stoppable(session.stop), output.live() as live:
        async for event in session.ask(question):
            match event:
                case EvidenceFound(evidence=sentences):
                    if sentences != shown:  # a follow-up's is found by its typed words first
                        show_evidence(output, sentences)
                    shown = sentences
                case Thought(text=text):
                    thought += text
                    live.show(f"(thinking: {one_line(thought)[-_THOUGHT_SHOWN:]})")
                case Token(text=text):
                    draft += text
                    live.show(draft)
                case DraftDropped(reason=reason):
                    live.show("")
                    show_withdrawn(output, reason, draft)
                    draft = ""
                case Progress(done=done, total=total, note=note):
                    live.show(f"{draft}({note})")
                    if not output.terminal and (not done or done / total >= noted + _SHARE):
                        noted = done / total
                        output.note(note)
                case Warned(message=message):
                    output.note(message)
                case AnswerReady(answer=answer):
                    final = answer
                case Failed(error=error):
                    raise Interrupted("The question was stopped.") if error.kind == "stopped" else error
                case _:
                    pass
    if final is None:
        raise RuntimeError("the session ended without an answer and without an error")
    return final


def show_evidence(output: Output, sentences: Sequence[Evidence]) -> None:
    if not sentences:
        return
    output.say("Evidence", "bold")
    for sentence in sentences[:_SENTENCES_SHOWN]:
        output.say(f"  “{one_line(sentence.text)}”", "green")
        output.say(f"    {place_label(sentence)}", "dim")
    output.say()


def show_remembered(output: Output, answer: Answer) -> None:
    """That the answer is what a person said earlier; and what was said of questions near this one."""
    if answer.memory is not None:
        output.say(f"  ✎ {answer.memory.note}", "cyan")
    for recalled in answer.recollections:
        output.say(f"  ✎ {recalled.note}", "cyan")
        output.say(f"    {one_line(recalled.question)} → {one_line(recalled.answer)}", "dim")


def answered_by(answer: Answer) -> str:
    """Who answered, in a few words."""
    return "from memory" if answer.memory is not None else f"{answer.backend} · {answer.model}"


def show_withdrawn(output: Output, reason: str, draft: str) -> None:
    """Why a draft was taken back; on a terminal, where it had been read, the draft too."""
    output.note(f"Draft withdrawn: {one_line(reason)}")
    if output.terminal and draft.strip():
        output.say(f"  {one_line(draft)}", "dim strike")


def show_answer(output: Output, answer: Answer, *, kept: bool) -> None:
    """The answer, what its marks stand for, and how to rate it where it is kept."""
    output.say(answer.annotated(UNSUPPORTED), "yellow" if answer.abstained else "bold")
    output.say()
    show_remembered(output, answer)
    for mark, place in answer.cited_places():
        output.say(f"  [{mark}] {place_label(place)}")
    if answer.abstained and answer.passages:
        output.say("Closest passages:", "dim")
        for passage in answer.passages[:_SENTENCES_SHOWN]:
            output.say(f"  {place_label(passage)}: {one_line(passage.text, 100)}", "dim")
    who = (answer.message_id, answered_by(answer), answer.agreement)
    output.say(" · ".join(word for word in who if word), "dim")
    if kept:
        output.say(
            f"Rate it: ayllu feedback add {answer.message_id} --rating up (or partly, down, --correction TEXT)", "dim"
        )
