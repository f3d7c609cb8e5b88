"""Formulas as text: the TeX that a page brings along, else MathML in one line."""

from __future__ import annotations

from .tree import Element

_DEEPEST = 60  # elements; below, only the words are taken
_PAIRS = {"mfrac": "/", "msup": "^", "msub": "_", "mover": "^", "munder": "_"}


def formula(math: Element) -> str:
    for annotation in math.iter("annotation"):
        if "tex" in (annotation.get("encoding") or "").lower() and annotation.text:
            return " ".join(annotation.text.split())
    if alternative := (math.get("alttext") or "").strip():
        return " ".join(alternative.split())
    return " ".join(_linear(math, 0).split())


def _linear(element: Element, depth: int) -> str:
    if depth > _DEEPEST:
        return "".join(element.itertext())
    tag = element.tag if isinstance(element.tag, str) else ""
    if not tag or tag in {"annotation", "annotation-xml"}:
        return ""
    parts = [_linear(child, depth + 1) for child in element if isinstance(child.tag, str)]
    if tag in _PAIRS and len(parts) == 2:
        return _grouped(parts[0]) + _PAIRS[tag] + _grouped(parts[1])
    if tag in {"msubsup", "munderover"} and len(parts) == 3:
        return f"{_grouped(parts[0])}_{_grouped(parts[1])}^{_grouped(parts[2])}"
    if tag == "msqrt":
        return f"√({''.join(parts)})"
    if tag == "mroot" and len(parts) == 2:
        return f"{_grouped(parts[0])}^(1/{parts[1]})"
    if tag == "mtr":
        return ", ".join(parts) + "; "
    if tag == "mspace":
        return " "
    text = (element.text or "").strip()
    if tag == "mo" and text in {"=", "+", "-", "−", "<", ">", "≤", "≥", "≈", "→"}:
        return f" {text} "
    return text + "".join(parts)


def _grouped(part: str) -> str:
    part = part.strip()
    return part if len(part) <= 1 or part.isalnum() else f"({part})"
