"""A tree of values as text: what holds much is a section under its keys, what holds little a row that names its values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..base import BlockKind
from ..builder import TextBuilder
from .blobs import is_blob

_SHORT_ROW = 600  # characters; what is longer becomes a section of its own
_DEEPEST = 40
_MOST_NUMBERS = 40  # of a list: longer ones are measurements or coordinates, not text
_LABELS = ("title", "name", "label", "id", "key", "question", "subject")
Value = object  # what a JSON or YAML file can hold


class TreeWriter:
    """Writes values into a builder. What was left out is in `omitted`, by kind."""

    def __init__(self, builder: TextBuilder) -> None:
        self._builder = builder
        self.omitted: dict[str, int] = {}

    def write(self, value: Value, level: int = 0) -> None:
        if isinstance(value, Mapping):
            self._write_mapping(value, level)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            self._write_list(value, level)
        else:
            self._builder.add(self.scalar(value))

    def row(self, value: Value) -> str:
        """All of `value` on a line: "id: E-4021; fix.tool: a cloth"."""
        return "; ".join(f"{path}: {text}" if path else text for path, text in self._flat(value, "", 0) if text)

    def scalar(self, value: Value) -> str:
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        text = str(value).strip()
        if is_blob(text):
            self.omitted["value"] = self.omitted.get("value", 0) + 1
            return ""
        return text

    def notes(self) -> list[str]:
        values, numbers = self.omitted.get("value", 0), self.omitted.get("list", 0)
        notes = [f"{values} values that are no text (base64 or hexadecimal) are left out"] if values else []
        return [*notes, f"{numbers} long lists of numbers are left out"] if numbers else notes

    def _write_mapping(self, mapping: Mapping[str, Value], level: int) -> None:
        small = {key: value for key, value in mapping.items() if not _is_container(value)}
        for key, value in small.items():
            if text := self.scalar(value):
                self._builder.add(f"{key}: {text}" if key else text, BlockKind.DEFINITION, after="\n")
        sections: dict[str, Value] = {}
        for key, value in mapping.items():
            if not _is_container(value) or not value or self._leaves_out(value):
                continue
            row = self.row(value) if _is_short(value) and not _holds_records(value) else ""
            if row and len(row) <= _SHORT_ROW:
                self._builder.add(f"{key}: {row}", BlockKind.DEFINITION, after="\n")
            else:
                sections[key] = value
        self._builder.end_rows()
        for key, value in sections.items():  # last, so that nothing that is not of them stands below their headings
            self._builder.add(str(key), BlockKind.HEADING, level=level + 1)
            self.write(value, level + 1)

    def _write_list(self, values: Sequence[Value], level: int) -> None:
        if all(not _is_container(value) for value in values):
            self._write_scalars(values)
            return
        for number, value in enumerate(values, start=1):
            row = self.row(value) if _is_short(value) else ""
            if row and len(row) <= _SHORT_ROW:
                self._builder.add(f"{row}.", BlockKind.TABLE_ROW, after="\n")
            elif _is_container(value) and level < _DEEPEST:
                self._builder.end_rows()
                self._builder.add(_label(value) or f"{number}", BlockKind.HEADING, level=level + 1)
                self.write(value, level + 1)
            else:
                self._builder.add(self.row(value), BlockKind.TABLE_ROW, after="\n")
        self._builder.end_rows()

    def _write_scalars(self, values: Sequence[Value]) -> None:
        if self._leaves_out(values):
            return
        for value in values:
            text = self.scalar(value)
            self._builder.add(f"- {text}" if text else "", BlockKind.LIST_ITEM, after="\n")
        self._builder.end_rows()

    def _leaves_out(self, value: Value) -> bool:
        """Whether it is measurements, which are counted."""
        if not isinstance(value, list) or not _are_measurements(value):
            return False
        self.omitted["list"] = self.omitted.get("list", 0) + 1
        return True

    def _flat(self, value: Value, path: str, depth: int) -> Iterator[tuple[str, str]]:
        if isinstance(value, Mapping) and depth < _DEEPEST:
            for key, inner in value.items():
                yield from self._flat(inner, f"{path}.{key}" if path and key else path or str(key), depth + 1)
        elif isinstance(value, Sequence) and not isinstance(value, str) and depth < _DEEPEST:
            if self._leaves_out(value):
                return
            if any(_is_container(inner) for inner in value):
                for number, inner in enumerate(value, start=1):
                    yield from self._flat(inner, f"{path}[{number}]", depth + 1)
            else:
                yield path, ", ".join(filter(None, (" ".join(self.scalar(inner).split()) for inner in value)))
        elif not _is_container(value):
            yield path, " ".join(self.scalar(value).split())


def _is_container(value: Value) -> bool:
    return isinstance(value, Mapping | Sequence) and not isinstance(value, str)


def _is_short(value: Value) -> bool:
    """Whether it may fit a row: told without writing it all out."""
    budget = _SHORT_ROW
    waiting: list[Value] = [value]
    while waiting and budget > 0:
        inner = waiting.pop()
        if isinstance(inner, Mapping):
            budget -= sum(len(str(key)) for key in list(inner)[:_SHORT_ROW]) + 1
            waiting += list(inner.values())[:_SHORT_ROW]
        elif _is_container(inner):
            assert isinstance(inner, Sequence)
            budget -= 1
            waiting += inner[:_SHORT_ROW]
        else:
            budget -= len(str(inner)) + 2
    return budget > 0


def _holds_records(value: Value) -> bool:
    if isinstance(value, Mapping):
        return any(_is_container(inner) for inner in value.values())
    return isinstance(value, Sequence) and any(isinstance(inner, Mapping) for inner in value)


def _are_measurements(values: Sequence[Value]) -> bool:
    return len(values) > _MOST_NUMBERS and all(isinstance(value, int | float) for value in values)


def _label(value: Value) -> str:
    if isinstance(value, Mapping):
        for name in _LABELS:
            label = value.get(name)
            if isinstance(label, str | int) and 0 < len(str(label)) <= 80:
                return " ".join(str(label).split())
    return ""
