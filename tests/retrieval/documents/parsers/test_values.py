"""Trees of values and settings: each value is found with its key and under the keys above."""

import json

import pytest
from ayllu.retrieval import HashingEmbedder
from ayllu.retrieval.documents import cut_chunks
from ayllu.retrieval.documents.parsers import Parsed, parse

YAML = """\
# The kiln's settings
version: 2
server:
  # where it listens
  port: 8080   # default
  tls:
    cert: /etc/a.pem
users:
  - name: Ann
    role: potter
  - name: Bob
    role: >
      glazier: of all
      windows
text: |
  A long
  text: here
"""
TOML = '# top\ntitle = "Kiln"\n\n[server]\n# where\nport = 8080\nhosts = [\n  "a",\n]\n\n[server.tls]\ncert = "/etc/a"\n'


def blocks_of(parsed: Parsed) -> list[tuple[str, str]]:
    return [(block.kind.value, parsed.text[block.start : block.end]) for block in parsed.blocks]


def heading_of(parsed: Parsed, text: str) -> str:
    chunks = cut_chunks(parsed, max_tokens=12, token_offsets=HashingEmbedder().token_offsets)
    return next(chunk.heading for chunk in chunks if text in chunk.text)


def test_records_are_rows_under_their_keys() -> None:
    content = '{"machines": [{"id": "E-4021", "fault": "low", "by": {"who": "Ann"}}, {"id": "E-4022", "tags": ["a", "b"]}]}'
    parsed = parse("a.json", content.encode())
    assert blocks_of(parsed) == [
        ("heading", "machines"),
        ("table row", "id: E-4021; fault: low; by.who: Ann."),
        ("table row", "id: E-4022; tags: a, b."),
    ]


def test_what_is_large_is_a_section_under_its_name() -> None:
    article = {"title": "Firing", "steps": [{"name": "Heat", "how": "slowly " * 150}], "ort": "K\u00fcche", "size": [1, 2]}
    parsed = parse("a.json", json.dumps({"articles": [article], "version": 3}).encode())
    assert [text for kind, text in blocks_of(parsed) if kind == "heading"] == ["articles", "Firing", "steps", "Heat"]
    assert ("definition", "ort: Küche") in blocks_of(parsed)
    assert heading_of(parsed, "slowly").startswith("articles > Firing > steps")
    assert heading_of(parsed, "version: 3") == ""


def test_values_that_are_no_text_are_left_out_and_noted() -> None:
    parsed = parse(
        "a.json", json.dumps({"name": "Kiln", "image": "iVBORw0KGgoAAAANSUhEUg" * 20, "line": [*range(99)]}).encode()
    )
    assert parsed.text == "name: Kiln"
    assert len(parsed.notes) == 2


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b'{"a": 1, // why\n "b": "http://x", /* no */ }', "a: 1\nb: http://x"),
        (b'{"q": "how", "a": "so"}\n{"q": "why"}\n', "q: how; a: so.\nq: why."),
        (b'{"a": tru', '{"a": tru'),
        (b"[" * 100_000, "[["),
    ],
)
def test_json_that_is_not_quite_json_is_still_read(content: bytes, text: str) -> None:
    assert parse("a.json", content).text.startswith(text)


def test_each_record_of_lines_stands_on_its_line() -> None:
    parsed = parse("a.jsonl", b'{"q": "how",\t"a": "so"}\n\nnot json\n{"q": ["x", "y"]}\n')
    assert parsed.has_lines
    assert parsed.text.split("\n") == ["q: how; a: so.", "", "not json", "q: x, y."]
    assert parsed.notes == ["1 line of it is not well-formed JSON: read as plain text"]


def test_yaml_stays_as_it_is_under_its_keys() -> None:
    parsed = parse("a.yaml", YAML.encode())
    assert (parsed.text, parsed.has_lines) == (YAML, True)
    blocks = blocks_of(parsed)
    assert ("definition", "# where it listens\n  port: 8080   # default") in blocks
    assert ("list item", "- name: Bob\n    role: >\n      glazier: of all\n      windows") in blocks
    assert heading_of(parsed, "tls:\n    cert: /etc/a.pem") == "server"
    assert heading_of(parsed, "glazier") == "users"
    assert heading_of(parsed, "text: here") in {"text", ""}


def test_sections_are_headings_and_comments_stay_with_their_keys() -> None:
    parsed = parse("a.toml", TOML.encode())
    assert (parsed.text, parsed.has_lines) == (TOML, True)
    assert ("definition", "# where\nport = 8080") in blocks_of(parsed)
    assert ("definition", 'hosts = [\n  "a",\n]') in blocks_of(parsed)
    assert heading_of(parsed, "/etc/a") == "server > server.tls"
    assert heading_of(parse("a.ini", b"[a b]\nkey=value on shrews\n"), "shrews") in {"a b", ""}


def test_a_section_of_settings_is_one_passage_with_its_heading() -> None:
    toml = parse("a.toml", b'[owner]\nname = "Tom Fen"\n[mill] # old\nrent = 48\n')
    (chunk,) = cut_chunks(toml, max_tokens=60, token_offsets=HashingEmbedder().token_offsets)
    assert chunk.text == toml.text.strip()
    yaml = parse("a.yaml", b"server:\n  port: 8443\n  hosts:  # all\n    - alpha\nlimits: {cpu: 2}\n")
    chunks = cut_chunks(yaml, max_tokens=60, token_offsets=HashingEmbedder().token_offsets)
    assert [chunk.text for chunk in chunks] == [*yaml.text.strip().rsplit("\n", 1)]
