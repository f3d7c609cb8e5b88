"""The words and numbers in charts and diagrams (DrawingML), as lines."""

from __future__ import annotations

from collections.abc import Iterator

from ..cell import clipped
from .elements import Element, all_text, attribute, child, children, descendants, local_name, number
from .equations import omml_text

_MOST_SERIES = 50
_MOST_POINTS = 500


def chart_lines(root: Element | None) -> Iterator[str]:
    """A chart part: its title and axes, then a line a category with the value of each series."""
    if root is None:
        return
    chart = child(root, "chart")
    title = _rich_text(child(chart, "title"))
    axes = [text for axis in descendants(chart, "catAx", "valAx", "dateAx") if (text := _rich_text(child(axis, "title")))]
    if title or axes:
        yield f"Chart: {'; '.join(part for part in (title, *axes) if part)}"
    series = list(descendants(chart, "ser"))[:_MOST_SERIES]
    names = [_first(child(item, "tx")) or f"series {count}" for count, item in enumerate(series, start=1)]
    values = [_points(child(item, "val")) or _points(child(item, "yVal")) for item in series]
    categories: dict[int, str] = {}
    for item in series:
        for at, text in (_points(child(item, "cat")) or _points(child(item, "xVal"))).items():
            categories.setdefault(at, text)
    for at in sorted({at for points in values for at in points})[:_MOST_POINTS]:
        cells = [f"{clipped(name, 80)}: {points[at]}" for name, points in zip(names, values, strict=True) if at in points]
        yield f"{categories.get(at, at + 1)}: {'; '.join(cells)}."


def diagram_lines(root: Element | None) -> Iterator[str]:
    """The data part of a SmartArt: a line for each of its points that has words."""
    for point in descendants(root, "pt"):
        if attribute(point, "type", "node") in {"node", "asst"}:
            text = " ".join(paragraph_text(child(point, "t")).split())
            if text:
                yield f"- {text}"


def drawn_text(node: Element | None) -> str:
    """The text of a DrawingML body or paragraph, a line a paragraph, equations as readable lines."""
    if node is None:
        return ""
    if local_name(node) != "p":
        return "\n".join(text for part in descendants(node, "p") if (text := drawn_text(part)).strip())
    pieces = []
    for piece in children(node):
        name = local_name(piece)
        if name in {"r", "fld"}:
            pieces.append("".join(text.text or "" for text in children(piece, "t")))
        elif name == "br":
            pieces.append("\n")
        elif name == "AlternateContent":
            pieces.append("".join(map(omml_text, descendants(child(piece, "Choice"), "oMath"))))
        elif name == "m":
            pieces.append("".join(map(omml_text, descendants(piece, "oMath"))))
    return "".join(pieces)


def paragraph_text(container: Element | None) -> str:
    """The paragraphs `a:p` below, a line each."""
    return "\n".join(
        "".join("\n" if local_name(piece) == "br" else piece.text or "" for piece in descendants(paragraph, "t", "br"))
        for paragraph in descendants(container, "p")
    )


def _rich_text(title: Element | None) -> str:
    return " ".join((paragraph_text(title) or _first(child(title, "tx"))).split())


def _first(reference: Element | None) -> str:
    """The first cached value below, as of a series' name."""
    value = next(descendants(reference, "v"), None)
    return " ".join(all_text(value).split())


def _points(reference: Element | None) -> dict[int, str]:
    """Cached values by their place."""
    points: dict[int, str] = {}
    for cache in descendants(reference, "strCache", "numCache", "strLit", "numLit"):
        for point in children(cache, "pt"):
            points.setdefault(number(point, "idx"), _rounded(" ".join(all_text(child(point, "v")).split())))
        break
    return points


def _rounded(text: str) -> str:
    """Numbers are kept as binary fractions: 0.30000000000000004 was entered as 0.3."""
    try:
        return f"{float(text):.12g}" if "." in text and len(text) > 14 else text
    except ValueError:
        return text
