"""What a parser makes of a text, in a form that can be compared."""

from ayllu.retrieval.documents.parsers import Parsed, parse


def read(name: str, content: str | bytes) -> Parsed:
    return parse(name, content if isinstance(content, bytes) else content.encode())


def blocks(parsed: Parsed) -> list[tuple[str, str]]:
    return [(block.kind.value, parsed.text[block.start : block.end]) for block in parsed.blocks]


def contexts(parsed: Parsed) -> dict[str, str]:
    return {parsed.text[block.start : block.end]: block.context for block in parsed.blocks}
