"""A draft in the form of an answer, whatever form a model gave it.

Seen: wrapped in JSON or a code block, opened by the prompt's own words, with marks of another kind, with pictures, links and
HTML that no document has, with the passages copied whole."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from ...retrieval import Passage
from .openings import without_openings
from .other_marks import as_marks
from .statements import split_statements
from .unwrapping import unwrap

_ASKS_FOR_CODE = re.compile(r"\b(?:json|ya?ml|xml|html|markdown|code|script|snippet)\b", re.IGNORECASE)
_HEADER = re.compile(r'^\[\d{1,4}\][ \t]+"[^"\n]*"[ \t]*\n', re.MULTILINE)  # of a passage, as the prompt has it
_CODE = re.compile(r"\b(?:json|ya?ml|xml|html|markdown|code|script|snippet)\b", re.IGNORECASE)
_HEADER = re.compile(r'^\[\d{1,4}\][ \t]+"[^"\n]*"[ \t]*\n', re.MULTILINE)  # of a passage, as the prompt has it
_OTHER_MARKS = re.compile(
    r"【\s*(\d{1,4})(?:[:†][^】\n]{0,40})?】|\[\^(\d{1,4})\](?!:)"
    r"|[\[(](?:passages?|sources?|documents?)[ \t]+\[?(\d{1,4})\]?[\])]",
    re.IGNORECASE,
)
_CODE = re.compile(r"^[ \t]*(```+|~~~+).*?(?:^[ \t]*\1[`~]*[ \t]*$|\Z)|(`+)[^`].*?\2", re.MULTILINE | re.DOTALL)
_IMAGE = re.compile(r"!\[([^\]\n]*)\](?:\(([^)\n]*)\)|\[[^\]\n]*\])")
_LINK = re.compile(r"(?<!!)\[([^\]\n]*)\]\(([^)\s]+)(?:\s+\"[^\"\n]*\")?\)")
_LINK_TARGET = re.compile(r"^[ \t]*\[[^\]\n]+\]:[ \t]*(\S+).*\n?", re.MULTILINE)
_HIDDEN = re.compile(
    r"<(script|style|iframe|svg|object|tool_calls?|tool_response|function_calls?)\b[^>]*>.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_TAG = re.compile(
    r"</?(?:b|i|em|strong|u|p|br|hr|div|span|a|img|ul|ol|li|h[1-6]|table|thead|tbody|tr|td|th|font|center|sup|sub|iframe|input|form"
    r"|button|video|audio|link|meta|html|body|head|details|summary|blockquote|small|cite|ref|answer|final|final_answer|output|response|reply"
    r"|result|s)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_PARTED_NUMBER = re.compile(r"(?<![\d.,])(\d{1,3}[.,]) (\d+)(?!\d)")
_BOXED = re.compile(r"\$?\\boxed\{([^{}\n]*)\}\$?")
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad]")
_ENTITIES = {
    "nbsp": " ",
    "amp": "&",
    "quot": '"',
    "apos": "'",
    "#39": "'",
    "ndash": "–",
    "mdash": "—",
    "hellip": "…",
    "euro": "€",
}
_ENTITY = re.compile(rf"&({'|'.join(_ENTITIES)});")
_WIDE = re.compile("[\uff10-\uff19]|(?<=[\uff10-\uff19])\uff1a(?=[\uff10-\uff19])")
_LONG = 40  # characters of a sentence that nobody says twice
_OPEN_FENCE = re.compile(r"^[ \t]*(```+|~~~+)", re.MULTILINE)


def tidy(draft: str, question: str, passages: Sequence[Passage]) -> str:
    """`draft`, which is safe already, without what only wraps it. What a passage has itself stays."""
    coded = bool(_ASKS_FOR_CODE.search(question))
    text = draft if coded else unwrap(draft)
    sources = [part for passage in passages for part in (passage.text, passage.source)]
    text = _with_usual_signs(text, sources)
    text = _HEADER.sub("", without_openings(text, question))
    text = as_marks(text, passages)
    text = _with_numbers_joined(text, [passage.text for passage in passages])
    return _said_once(_close_fence(_outside_code(text, sources)).strip())


def _with_usual_signs(text: str, sources: Collection[str]) -> str:
    """Without signs that nobody sees, and with figures, line ends and HTML's signs written as people write them."""
    read = "\n".join(sources)
    text = _INVISIBLE.sub("", text)
    if "\\n" in text and "\n" not in text.strip() and "\\n" not in read:
        text = text.replace("\\n", "\n")
    text = _ENTITY.sub(lambda sign: sign[0] if sign[0] in read else _ENTITIES[sign[1]], text)
    text = _WIDE.sub(lambda figure: figure[0] if figure[0] in read else chr(ord(figure[0]) - 0xFEE0), text)
    return _BOXED.sub(lambda box: box[0] if box[0] in read else box[1], text)


def _with_numbers_joined(text: str, passages: Sequence[str]) -> str:
    """With "6. 3 million" as the "6.3 million" that it was copied from."""

    def join(number: re.Match[str]) -> str:
        joined = number[1] + number[2]
        copied = any(joined in passage for passage in passages) and not any(number[0] in passage for passage in passages)
        return joined if copied else number[0]

    return _PARTED_NUMBER.sub(join, text)


def _said_once(text: str) -> str:
    """Without long sentences that stand in it before: models copy passages whole, and passages overlap."""
    seen: set[str] = set()
    kept, place = "", 0
    for statement in split_statements(text):
        words = " ".join(statement.text.casefold().split())
        if len(words) >= _LONG and words in seen and not words.startswith(("|", "```", "~~~")):
            kept += text[place : statement.start]
            place = statement.end
        seen.add(words)
    return re.sub(r"\n{3,}", "\n\n", kept + text[place:]).strip() if kept or place else text


def _outside_code(text: str, sources: Collection[str]) -> str:
    pieces, place = [], 0
    for code in _CODE.finditer(text):
        pieces += [_plain(text[place : code.start()], sources), code[0]]
        place = code.end()
    return "".join([*pieces, _plain(text[place:], sources)])


def _plain(text: str, sources: Collection[str]) -> str:
    """Without pictures, which a reader's program might fetch, and without links and tags that no document has."""

    def stands(words: str) -> bool:
        return any(words in source for source in sources)

    text = _HIDDEN.sub("", text)
    text = _IMAGE.sub(lambda image: image[1], text)
    text = _LINK.sub(lambda link: link[0] if stands(link[2]) else link[1], text)
    text = _LINK_TARGET.sub(lambda target: target[0] if stands(target[1]) else "", text)
    return _TAG.sub(lambda tag: tag[0] if stands(tag[0]) else _replacement(tag[0].lower()), text)


def _replacement(tag: str) -> str:
    if tag.startswith("<li"):
        return "\n- "
    if re.match(r"<br|</(?:p|div|tr|h\d|ul|ol|table|summary|blockquote)\b", tag):
        return "\n"
    return " " if re.match(r"</t[dh]", tag) else ""


def _close_fence(text: str) -> str:
    """A code block left open would swallow the marks and whatever comes after the answer."""
    fence = ""
    for line in _OPEN_FENCE.finditer(text):
        sign = line[1]
        if not fence:
            fence = sign
        elif sign.startswith(fence):
            fence = ""
    return f"{text.rstrip()}\n{fence}" if fence else text
