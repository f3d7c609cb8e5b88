"""What a model thinks aloud is parted from its answer, however it is tagged and cut into pieces."""

import pytest
from ayllu.agents.writing import split_thought
from ayllu.agents.writing.thinking import ThoughtSplitter

DRAFTS = [
    ("<think>hm</think>\n\nYes [1].", "Yes [1].", "hm"),
    ("<think></think>\nYes.", "Yes.", ""),
    ("<think>never closed", "", "never closed"),
    ("Opened by the template.</think>Yes.", "Yes.", "Opened by the template."),
    ("<think>a<think>b</think>c</think>Yes.", "Yes.", "a<think>b</think>c"),
    ("<think>a stray <think> tag\n</think>\nYes.", "Yes.", "a stray <think> tag\n</think>"),
    ("<think>a</think>Yes.\n<think>b</think>No.", "Yes.\nNo.", "a\n\nb"),
    ("<|think|>hm<|/think|>Yes.", "Yes.", "hm"),
    ("<reasoning>hm</reasoning>Yes.", "Yes.", "hm"),
    ("[THINK]hm[/THINK]Yes [1].", "Yes [1].", "hm"),
    ("◁think▷hm◁/think▷Yes.", "Yes.", "hm"),
    ("<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>Yes.", "Yes.", "hm"),
    ("<|channel>thought\nhm<channel|>Yes.", "Yes.", "hm"),
    ("The tag `<think>` opens and `</think>` closes.", "The tag `<think>` opens and `</think>` closes.", ""),
    ("Yes [1].<think>b b</think>", "Yes [1].", "b b"),
    ("Yes. <think>Was it? It was.</think> No.", "Yes. No.", "Was it? It was."),
    ("Yes. The <think> is a tag.", "Yes. The <think> is a tag.", ""),
    ("<think>a</think>Yes. A <think> is one.", "Yes. A <think> is one.", "a"),
    ("Where a < b, b > a [1]. <b>So.</b>", "Where a < b, b > a [1]. <b>So.</b>", ""),
]


@pytest.mark.parametrize(("draft", "answer", "thought"), DRAFTS)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_thought_is_parted_whatever_the_pieces(draft: str, answer: str, thought: str, size: int) -> None:
    splitter, shown = ThoughtSplitter(), ""
    for at in range(0, len(draft), size):
        for part in splitter.add(draft[at : at + size]):
            shown = "" if part.kind == "taken_back" else shown + part.text * (part.kind == "answer")
    shown += "".join(part.text for part in splitter.finish() if part.kind == "answer")
    assert (splitter.answer.strip(), splitter.thought.strip()) == (answer, thought)
    assert shown.strip() == answer  # nothing of the thought was streamed as the answer, or it was taken back
    assert split_thought(draft) == (answer, thought)
