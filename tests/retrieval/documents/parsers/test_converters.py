"""A heavy converter in the place of our own parser. Small modules stand for docling, whose models cannot be had here."""

import sys
from enum import StrEnum
from importlib.machinery import ModuleSpec
from importlib.resources import files
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from ayllu.errors import ExtraMissing
from ayllu.retrieval import bounds_with
from ayllu.retrieval.documents.parsers import BlockKind, Unreadable, check_converter, parse, parser_of
from ayllu.retrieval.documents.parsers.converters import docling as converter

PDF = files("ayllu.retrieval").joinpath("sample/solar-dryer.pdf").read_bytes()


class Layer(StrEnum):
    BODY = "body"
    FURNITURE = "furniture"
    INVISIBLE = "invisible"


def item(label: str, text: str = "", page: int = 1, layer: Layer = Layer.BODY, **more: Any) -> SimpleNamespace:
    return SimpleNamespace(label=label, text=text, prov=[SimpleNamespace(page_no=page)], content_layer=layer, **more)


@pytest.fixture
def docling(monkeypatch: pytest.MonkeyPatch) -> list[SimpleNamespace]:
    """Modules of docling's names; the items that its converter gives are those of the list."""
    items: list[SimpleNamespace] = []

    class Converter:
        def convert(self, source: Any) -> SimpleNamespace:
            if not items:
                raise RuntimeError("no\nmodel")
            assert source.stream.read() == PDF
            assert source.name == "document.pdf"
            return SimpleNamespace(document=SimpleNamespace(iterate_items=self.items))

        def items(self, included_content_layers: set[Layer]) -> list[tuple[SimpleNamespace, int]]:
            return [(entry, 0) for entry in items if entry.content_layer in included_content_layers]

    for name, content in {
        "docling": {},
        "docling.document_converter": {"DocumentConverter": Converter},
        "docling_core": {},
        "docling_core.types": {},
        "docling_core.types.doc": {"ContentLayer": Layer},
        "docling_core.types.io": {"DocumentStream": SimpleNamespace},
    }.items():
        module = ModuleType(name)
        module.__spec__ = ModuleSpec(name, None)
        module.__dict__.update(content)
        monkeypatch.setitem(sys.modules, name, module)
    converter._converter.cache_clear()
    yield items
    converter._converter.cache_clear()


def test_its_items_become_blocks_and_pages(docling: list[SimpleNamespace]) -> None:
    def cell(text: str, header: bool = False, columns: int = 1) -> SimpleNamespace:
        return SimpleNamespace(text=text, column_header=header, col_span=columns)

    across = cell("closed", columns=2)
    grid = [[cell("Stall", True), cell("2023", True), cell("2024", True)], [cell("Loft"), across, across]]
    docling += [
        item("page_header", "Manual", layer=Layer.FURNITURE),
        item("title", "Dryer"),
        item("section_header", "Use", level=2),
        item("list_item", "Open it", marker="1."),
        item("text", "unseen", layer=Layer.INVISIBLE),
        item("table", page=3, data=SimpleNamespace(grid=grid), caption_text=lambda document: "Rents"),
        item("picture", page=3),
    ]
    parsed = parse("dryer.pdf", PDF, converter="docling")
    assert [(block.kind, parsed.text[block.start : block.end]) for block in parsed.blocks] == [
        (BlockKind.FURNITURE, "Manual"),
        (BlockKind.HEADING, "Dryer"),
        (BlockKind.HEADING, "Use"),
        (BlockKind.LIST_ITEM, "1. Open it"),
        (BlockKind.TABLE_ROW, "Stall: Loft; 2023, 2024: closed."),
    ]
    assert (parsed.title, len(parsed.pages), parsed.blocks[-1].context) == ("Dryer", 3, "Rents")
    assert parsed.notes == ["1 picture is not read"]
    assert parsed.parser == parser_of("dryer.pdf", converter="docling") != parser_of("dryer.pdf")


def test_what_it_cannot_read_is_a_line(docling: list[SimpleNamespace]) -> None:
    with pytest.raises(Unreadable, match=r"^docling cannot read it: no model$"):
        parse("dryer.pdf", PDF, converter="docling")


@pytest.mark.usefixtures("docling")
def test_text_stays_with_our_own_parsers() -> None:
    assert parse("a.txt", b"Basil.", converter="docling").text == "Basil."


def test_a_converter_that_is_not_installed_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ayllu.retrieval.documents.parsers.converters.find_spec", lambda name: None)
    with pytest.raises(ExtraMissing) as raised:
        check_converter("docling")
    assert raised.value.hint == "Run `ayllu setup documents`."
    check_converter("")


@pytest.mark.usefixtures("docling")
def test_models_get_the_time_and_memory_they_need() -> None:
    assert bounds_with("", 20, 750_000_000).seconds == 20
    bounds = bounds_with("docling", 20, 750_000_000)
    assert (bounds.seconds, bounds.memory_bytes) == (600, 8_000_000_000)
