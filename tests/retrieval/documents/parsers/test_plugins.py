"""Formats of other packages: found by their entry point, guarded, and reported in a line where they are broken."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from ayllu.retrieval import HashingEmbedder, Library
from ayllu.retrieval.documents.parsers import FORMATS, Unreadable, parse, registry
from ayllu.retrieval.documents.parsers.plugins import plugin_formats

GOOD = """
from ayllu.retrieval.documents.parsers import BlockKind, Format, Parsed, TextBuilder, Unreadable

def read(content):
    if b"refuse" in content:
        raise Unreadable("it is not a song")
    if b"raise" in content:
        1 / 0
    if b"none" in content:
        return None
    builder = TextBuilder()
    builder.add(content.decode()[5:], BlockKind.PARAGRAPH)
    return builder.build("text/x-song")

FORMAT = Format("text/x-song", frozenset({".song"}), read)
"""
Offer = Callable[..., None]


@pytest.fixture
def offer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Offer:
    """Installs a package with a module that brings a format, and lets the registry look anew."""
    registry.plugin_problems.cache_clear()
    for table in (FORMATS, registry._BY_TYPE, registry._BY_ENDING, registry._BY_NAME):
        for key, value in list(table.items()):
            monkeypatch.setitem(table, key, value)

    def install(package: str, code: str, value: str = "FORMAT") -> None:
        module = package.replace("-", "_")
        site = tmp_path / package
        info = site / f"{module}-1.0.dist-info"
        info.mkdir(parents=True)
        (site / f"{module}.py").write_text(code, "utf-8")
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n", "utf-8")
        (info / "entry_points.txt").write_text(f"[ayllu.parsers]\nsong = {module}:{value}\n", "utf-8")
        monkeypatch.syspath_prepend(str(site))
        monkeypatch.delitem(sys.modules, module, raising=False)

    yield install
    registry.plugin_problems.cache_clear()
    for table in (FORMATS, registry._BY_TYPE, registry._BY_ENDING):
        for key in ("text/x-song", ".song"):
            table.pop(key, None)


def test_a_format_of_another_package_is_read_as_any(offer: Offer) -> None:
    offer("ayllu-songs", GOOD)
    parsed = parse("a.song", b"song Condor")
    assert (parsed.text, parsed.media_type) == ("Condor", "text/x-song")
    assert registry.plugin_problems() == {}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"song refuse", "^it is not a song$"),
        (b"song raise", "plug-in ayllu-songs, failed: division by zero"),
        (b"song none", "ayllu-songs, failed: it gave a NoneType"),
    ],
)
def test_what_it_does_wrong_costs_a_document_alone(offer: Offer, content: bytes, reason: str) -> None:
    offer("ayllu-songs", GOOD)
    with pytest.raises(Unreadable, match=reason):
        parse("a.song", content)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import what_is_not_there", "No module named"),
        ("raise SystemExit(3)", "cannot be loaded: 3"),
        ("FORMAT = [7]", "a int, which is no Format"),
        ("", "FORMAT"),
        (GOOD.replace('{".song"}', '{"song"}'), "begins with a full stop"),
    ],
)
def test_a_broken_package_is_a_line_that_names_it(offer: Offer, code: str, reason: str) -> None:
    offer("ayllu-broken", code)
    formats, refused = plugin_formats()
    assert not formats
    assert list(refused) == ["ayllu-broken"]
    assert reason in refused["ayllu-broken"]
    assert "\n" not in refused["ayllu-broken"]


def test_the_ingest_report_tells_of_a_broken_package_and_reads_the_rest(offer: Offer, tmp_path: Path) -> None:
    offer("ayllu-broken", "1 / 0")
    (tmp_path / "a.txt").write_text("Basil likes light.")
    with Library.open(tmp_path / "library", HashingEmbedder()) as library:
        report = library.ingest([str(tmp_path / "a.txt")], collection="c")
    assert report.documents == 1
    assert [note["source"] for note in report.notes] == ["ayllu-broken"]


def test_our_own_formats_stay_ours(offer: Offer) -> None:
    offer("ayllu-pages", GOOD.replace(".song", ".txt").replace("text/x-song", "text/plain"))
    assert parse("a.txt", b"song Condor").text == "song Condor"
