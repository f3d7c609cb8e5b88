"""Source code by its syntax: a function, with what is said above it and in it, is a block that knows its class.

The path of a block is where it stands: "Kiln > fire". Code of other languages is cut at its blank lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..base import Block, BlockKind, Parsed
from ..encoding import decode
from ..prose import is_licence
from .generated import refuse_by_text
from .grammars import ATTACHED, BODIES, CONTAINERS, DEFINITIONS, LANGUAGES, WRAPPERS, Language

if TYPE_CHECKING:
    from tree_sitter import Node

_LARGEST = 5_000_000  # characters that are looked at by their syntax
_DEEPEST = 12
_SMALL = 300  # characters: less is not worth to be cut
_GAP = re.compile(r"\n[ \t]*\n(?=\S)")
_SHEBANG = re.compile(r"#!\s*\S*?([\w.+-]+?)[\d.]*(?:[ \t]+(?:-\S+[ \t]+)*([\w.+-]+?)[\d.]*)?[ \t]*(?:\n|$)")
_PATH = " > "


def parse(language: Language, content: bytes) -> Parsed:
    text = decode(content)
    refuse_by_text(text)
    if language.name == "source" and text.startswith("#!"):
        language = _by_shebang(text) or language
    parser = language.parser() if len(text) <= _LARGEST else None
    if parser is None:
        blocks: Sequence[Block | None] = [_code(text, start, end, "") for start, end in _stanzas(text, 0, len(text))]
    else:
        encoded = text.encode("utf-8", "replace")
        blocks = _Outline(text, encoded).blocks(parser.parse(encoded).root_node)
    return Parsed(text, f"text/x-{language.name}", blocks=[block for block in blocks if block is not None], has_lines=True)


def _by_shebang(text: str) -> Language | None:
    match = _SHEBANG.match(text)
    programs = [name for name in (match[2], match[1]) if name and name != "env"] if match else []
    return next((language for name in programs[:1] for language in LANGUAGES if name in language.programs.split()), None)


class _Outline:
    """Blocks of the definitions in a tree, and of what stands between them."""

    def __init__(self, text: str, encoded: bytes) -> None:
        self._text = text
        self._encoded = encoded
        self._byte = self._char = 0  # where the last offset was, in both
        self._plain = text.isascii()
        self._blocks: list[Block | None] = []

    def blocks(self, root: Node) -> Sequence[Block | None]:
        self._walk(root, 0, len(self._text), ())
        return self._blocks

    def _walk(self, node: Node, start: int, end: int, path: tuple[str, ...]) -> None:
        """Everything in `text[start:end]`, which is the inside of `node`."""
        at = start
        attached: int | None = None  # where the comments begin that the next definition takes along
        comment_end = 0
        for child in node.children:
            first = self._offset(child.start_byte)
            if child.type in ATTACHED:
                if attached is None or self._text.count("\n", comment_end, first) > 1:
                    attached = first
                comment_end = self._offset(child.end_byte)
                continue
            definition = _definition_in(child)
            if definition is not None:
                if attached is None or self._text.count("\n", comment_end, first) > 1:
                    attached = first
                self._between(at, attached, path)
                last = self._offset(child.end_byte)
                self._define(definition, attached, last, path)
                at = last
            attached = None
        self._between(at, end, path)

    def _define(self, definition: Node, start: int, end: int, path: tuple[str, ...]) -> None:
        path = (*path, _name_of(definition) or "(unnamed)")
        body = _body_of(definition)
        if definition.type not in CONTAINERS or body is None or len(path) > _DEEPEST or end - start < _SMALL:
            self._blocks.append(_code(self._text, start, end, _PATH.join(path)))
            return
        if not any(_definition_in(child) is not None for child in body.children):
            self._blocks.append(_code(self._text, start, end, _PATH.join(path)))
            return
        self._walk(body, start, end, path)

    def _between(self, start: int, end: int, path: tuple[str, ...]) -> None:
        for first, last in _stanzas(self._text, start, end):
            self._blocks.append(_code(self._text, first, last, _PATH.join(path)))

    def _offset(self, byte: int) -> int:
        """The character at a byte; asked for in rising order for the most part."""
        if self._plain:
            return byte
        if byte < self._byte:
            self._byte = self._char = 0
        self._char += len(self._encoded[self._byte : byte].decode("utf-8", "replace"))
        self._byte = byte
        return self._char


def _definition_in(node: Node) -> Node | None:
    if node.type in WRAPPERS:
        return next((inner for child in node.children if (inner := _definition_in(child)) is not None), None)
    if node.type in DEFINITIONS or node.type in CONTAINERS:
        return node if node.is_named and (node.type != "struct_specifier" or _body_of(node)) else None
    if node.type in {"lexical_declaration", "variable_declaration"}:  # const fire = () => …
        declarator = next((child for child in node.children if child.type == "variable_declarator"), None)
        value = declarator.child_by_field_name("value") if declarator else None
        return declarator if value is not None and value.type in {"arrow_function", "function_expression"} else None
    return None


def _body_of(node: Node) -> Node | None:
    body = node.child_by_field_name("body")
    return body or next((child for child in node.children if child.type in BODIES), None)


def _name_of(node: Node) -> str:
    for field in ("name", "declarator", "type"):
        named = node.child_by_field_name(field)
        while named is not None and (inner := named.child_by_field_name("declarator")) is not None:
            named = inner
        if named is not None and named.text:
            return " ".join(named.text.decode("utf-8", "replace").split())[:100]
    kinds = {"identifier", "type_identifier", "simple_identifier", "constant", "word"}
    for child in node.children:
        if child.type in kinds and child.text:
            return child.text.decode("utf-8", "replace")
        if child.type == "type_spec":
            return _name_of(child)
    return ""


def _stanzas(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Stretches that begin at the margin after a blank line; small neighbours stay together."""
    first = start
    for match in _GAP.finditer(text, start, end):
        if match.end() - first > _SMALL or is_licence(text[first : match.start()]):
            yield first, match.start()
            first = match.end()
    yield first, end


def _code(text: str, start: int, end: int, path: str) -> Block | None:
    """None where there is nothing but brackets. Its first line keeps its indent."""
    content = text[start:end]
    if not any(letter.isalnum() for letter in content):
        return None
    start += len(content) - len(content.lstrip())
    line = text.rfind("\n", 0, start) + 1
    if not text[line:start].strip():
        start = line
    end = start + len(text[start:end].rstrip())
    kind = (
        BlockKind.FURNITURE
        if is_licence(content) and len(content) < len(text) / 2 and _is_comment(content)
        else BlockKind.CODE
    )
    return Block(start, end, kind, path=path)


def _is_comment(content: str) -> bool:
    lines = [line.strip() for line in content.strip().split("\n")]
    return all(not line or line.startswith(("#", "//", "/*", "*", "--", ";", "%", '"""', "<!--")) for line in lines)
