"""Equations (OMML, MathML) as a line that can be read: "x = (−b ± √(b^2 − 4ac))/(2a)"."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .elements import Element, attribute, child, children, local_name

_GROUPING = " +-−±=<>≤≥·×/"


def omml_text(node: Element | None) -> str:
    """An `m:oMath` element, or any below it."""
    if node is None:
        return ""
    render = _OMML.get(local_name(node))
    if render is not None:
        return render(node)
    if local_name(node) == "t":
        return node.text or ""
    return "".join(map(omml_text, children(node)))


def mathml_text(node: Element | None) -> str:
    """A `math` element of MathML, or any below it."""
    if node is None:
        return ""
    name = local_name(node)
    parts = [mathml_text(part) for part in children(node)]
    if name in {"annotation", "annotation-xml"}:
        return ""
    render = _MATHML.get(name)
    if render is not None and len(parts) >= 2:
        return render(parts)
    if name == "msqrt":
        return f"√({''.join(parts)})"
    if name == "mfenced":
        return f"({', '.join(parts)})"
    if name == "mtable":
        return f"[{'; '.join(parts)}]"
    if name == "mtr":
        return ", ".join(parts)
    return "".join(parts) or (node.text or "").strip()


def grouped(text: str) -> str:
    """`text` in brackets where it is more than one term."""
    text = text.strip()
    return f"({text})" if any(sign in text[1:] for sign in _GROUPING) and not _bracketed(text) else text


def _bracketed(text: str) -> bool:
    """Whether the first bracket closes at the very end."""
    if not text.startswith("(") or not text.endswith(")"):
        return False
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if not depth:
            return at == len(text) - 1
    return False


def _of(node: Element, name: str) -> str:
    return omml_text(child(node, name)).strip()


def _script(sign: str, name: str, node: Element) -> str:
    script = _of(node, name)
    return f"{sign}{grouped(script)}" if script else ""


def _fraction(node: Element) -> str:
    return f"{grouped(_of(node, 'num'))}/{grouped(_of(node, 'den'))}"


def _scripts(node: Element) -> str:
    return grouped(_of(node, "e")) + _script("_", "sub", node) + _script("^", "sup", node)


def _before(node: Element) -> str:
    return _script("_", "sub", node) + _script("^", "sup", node) + grouped(_of(node, "e"))


def _root(node: Element) -> str:
    degree = _of(node, "deg")
    return f"{degree}√({_of(node, 'e')})" if degree else f"√({_of(node, 'e')})"


def _sum(node: Element) -> str:
    sign = attribute(child(node, "naryPr", "chr"), "val", "∫")
    return f"{sign}{_script('_', 'sub', node)}{_script('^', 'sup', node)} {_of(node, 'e')}"


def _brackets(node: Element) -> str:
    opening = attribute(child(node, "dPr", "begChr"), "val", "(")
    closing = attribute(child(node, "dPr", "endChr"), "val", ")")
    between = attribute(child(node, "dPr", "sepChr"), "val", "|")
    return opening + between.join(omml_text(part).strip() for part in children(node, "e")) + closing


def _function(node: Element) -> str:
    argument = _of(node, "e")
    return f"{_of(node, 'fName')}{argument if _bracketed(argument) else f'({argument})'}"


def _matrix(node: Element) -> str:
    rows = [", ".join(omml_text(cell).strip() for cell in children(row, "e")) for row in children(node, "mr")]
    return f"[{'; '.join(rows)}]"


def _lines(node: Element) -> str:
    return "; ".join(omml_text(part).strip() for part in children(node, "e"))


def _limit(node: Element) -> str:
    return f"{_of(node, 'e')}_{grouped(_of(node, 'lim'))}"


_OMML: Mapping[str, Callable[[Element], str]] = {
    "f": _fraction,
    "sSup": _scripts,
    "sSub": _scripts,
    "sSubSup": _scripts,
    "sPre": _before,
    "rad": _root,
    "nary": _sum,
    "d": _brackets,
    "func": _function,
    "m": _matrix,
    "eqArr": _lines,
    "limLow": _limit,
    "limUpp": _limit,
}
_MATHML: Mapping[str, Callable[[list[str]], str]] = {
    "mfrac": lambda parts: f"{grouped(parts[0])}/{grouped(parts[1])}",
    "msup": lambda parts: f"{grouped(parts[0])}^{grouped(parts[1])}",
    "mover": lambda parts: f"{grouped(parts[0])}^{grouped(parts[1])}",
    "msub": lambda parts: f"{grouped(parts[0])}_{grouped(parts[1])}",
    "munder": lambda parts: f"{grouped(parts[0])}_{grouped(parts[1])}",
    "msubsup": lambda parts: f"{grouped(parts[0])}_{grouped(parts[1])}^{grouped(parts[-1])}",
    "munderover": lambda parts: f"{grouped(parts[0])}_{grouped(parts[1])}^{grouped(parts[-1])} ",
    "mroot": lambda parts: f"{parts[1]}√({parts[0]})",
}
