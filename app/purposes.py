"""What a judgement is used for now, in one line for whoever has just given it; where for nothing, why, with the mend."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from .usable import USES, Usable

COMMENTED = "Comments are kept for you, and nothing reads them: write what the answer should have been (--correction)."
_SHORT = {
    "memory": "memory",
    "pins": "finding passages",
    "critic": "when to refuse",
    "fusion": "weighing the searches",
    "training": "the next adapter",
    "gate": "judging adapters",
}
_AGAIN = "Asked again, the question is answered so."
_KEYS = {"`ayllu improve`": "F9", "--abstention does": "F2 or F3 on a refusal does", "--correction": "F4"}


def use_words(usable: Mapping[str, Usable], parts: Collection[str], *, refusal: bool) -> str:
    """`parts`: what the judgement says, by their names in the log; `refusal`: it is of an answer that gives none. Of a
    correction not whether adapters learn from it, which is told along with how far that is.
    """
    if "correction" in parts:
        memory = _AGAIN if usable["memory"] is True else str(usable["memory"])
        others = [_SHORT[name] for name in ("pins", "critic", "fusion") if usable[name] is True]
        return f"{memory} Also used for {_listed(others)}." if others else memory
    uses = [USES[name] for name, reason in usable.items() if reason is True]
    if not uses and set(parts) == {"comment"}:
        return COMMENTED
    return f"Used for: {'; '.join(uses)}." if uses else f"It is used for nothing. {unused_reason(usable, parts, refusal)}"


def short_use_words(usable: Mapping[str, Usable], parts: Collection[str], *, refusal: bool) -> str:
    """The same for one line of a screen, on which keys are pressed."""
    uses = [_SHORT[name] for name, reason in usable.items() if reason is True]
    if uses and "correction" not in parts:
        return f"Used for {_listed(uses)}."
    return in_keys(use_words(usable, parts, refusal=refusal))


def unused_reason(usable: Mapping[str, Usable], parts: Collection[str], refusal: bool) -> str:
    """Of the reasons, the one that speaks of what was said."""
    if "abstention" in parts or (refusal and "rating" in parts):
        return str(usable["critic"])
    if "rating" in parts:
        return str(usable["gate"])
    return str(usable["pins" if "citation_wrong" in parts else "memory"])


def in_keys(text: str, keys: Mapping[str, str] = _KEYS) -> str:
    """With the keys of the chat instead of options and commands, or with what is pressed or typed elsewhere."""
    for command, key in keys.items():
        text = text.replace(command, key)
    return text


def _listed(names: Collection[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
