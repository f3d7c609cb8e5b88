"""The marks `[1]` of an answer as links, which open the passages that they stand for; and what none supports, dimmed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline

_MARK = re.compile(r"\[(\d{1,4})\](?![(\[:])")
_SCHEME = "passage:"
NOTE = "(not found in the documents)"


def markdown_parser() -> MarkdownIt:
    """Textual's own kind of parser, which also knows marks. In code they stay what they are."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("gfm-like")
    parser.inline.ruler.before("link", "mark", _read_mark)
    parser.core.ruler.push("note", _dim_notes)
    return parser


def without_notes(text: str) -> str:
    """What was selected, as the answer has it: the notes are the program's."""
    return re.sub(rf"\s*{re.escape(NOTE)}", "", text)


def mark_of(href: str) -> int | None:
    """The mark that a link stands for; `None` for a link that a document or a model wrote."""
    number = href.removeprefix(_SCHEME)
    return int(number) if href.startswith(_SCHEME) and number.isdigit() and len(number) <= 4 else None


def _dim_notes(state: StateCore) -> None:
    """The note in the style of what is struck out, which the chat shows dimmed."""
    from markdown_it.token import Token

    def text(content: str) -> Token:
        return Token("text", "", 0, content=content)

    for block in state.tokens:
        children: list[Token] = []
        for token in block.children or []:
            if token.type != "text" or NOTE not in token.content:
                children.append(token)
                continue
            first, *others = token.content.split(NOTE)
            children.append(text(first))
            for other in others:
                children += [Token("s_open", "s", 1), text(NOTE), Token("s_close", "s", -1), text(other)]
        if block.children is not None:
            block.children = children


def _read_mark(state: StateInline, silent: bool) -> bool:
    match = _MARK.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        state.push("link_open", "a", 1).attrs = {"href": f"{_SCHEME}{match[1]}"}
        state.push("text", "", 0).content = match[0]
        state.push("link_close", "a", -1)
    state.pos = match.end()
    return True
