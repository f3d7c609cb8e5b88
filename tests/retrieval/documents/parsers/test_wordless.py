"""What holds no words is in no chunk, in whatever kind of text it stands; what only looks like it is."""

import base64
import random

import pytest
from ayllu.retrieval import HashingEmbedder
from ayllu.retrieval.documents import cut_chunks
from ayllu.retrieval.documents.parsers import parse

RANDOM = random.Random(7).randbytes(600)
BASE64 = base64.encodebytes(RANDOM).decode().strip()
OFFSETS = range(0, 192, 16)
ARRAY = "\n".join("  " + ", ".join(f"0x{byte:02x}" for byte in RANDOM[at : at + 12]) + "," for at in range(0, 120, 12))
XPM = '/* XPM */\nstatic char *kiln[] = {\n"4 2 2 1",\n"  c None",\n". c #FF0000",\n"....",\n". .."\n};'
WORDLESS = {
    "base64": BASE64,
    "a key": f"-----BEGIN CERTIFICATE-----\n{BASE64}\n-----END CERTIFICATE-----",
    "one line": base64.b64encode(RANDOM).decode(),
    "a data address": "data:image/png;base64," + base64.b64encode(RANDOM).decode(),
    "hexdump": "\n".join(f"{at:08x}  {RANDOM[at : at + 16].hex(' ')}  |................|" for at in OFFSETS),
    "xxd": "\n".join(f"{at:08x}: {RANDOM[at : at + 16].hex(' ', 2)}  ................" for at in OFFSETS),
    "bytes": "\n".join(RANDOM[at : at + 16].hex(":") + ":" for at in OFFSETS),
    "array": ARRAY,
    "picture": XPM,
    "minified": ";".join(f"a{number}=b[{number}]||c.d(e,{number})" for number in range(200)),
}
WORDS = {
    "paths": "\n".join(f"/usr/share/kilns/of/the/valley/and/of/the/hills/number{number}" for number in range(9)),
    "numbers": "\n".join(f"19900{number} 12 34 56 78 90 11" for number in range(9)),
    "Chinese": "窑" * 1500,
    "a rule": "=" * 300,
    "a word": "The word is " + "re" * 60 + " and no other.",
}


def chunks_of(name: str, text: str) -> str:
    parsed = parse(name, text.encode())
    for before, after in zip(parsed.blocks, parsed.blocks[1:], strict=False):
        assert before.end <= after.start
    chunks = cut_chunks(parsed, max_tokens=200, token_offsets=HashingEmbedder().token_offsets)
    return "\n".join(chunk.text for chunk in chunks)


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.c", "a.lua"])
@pytest.mark.parametrize("kind", WORDLESS)
def test_what_has_no_words_is_in_no_chunk(name: str, kind: str) -> None:
    text = f"The kiln is hot.\n\nThis is its form:\n{WORDLESS[kind]}\n\nThe bellows are old.\n"
    chunks = chunks_of(name, text)
    assert "The kiln is hot." in chunks
    assert "This is its form:" in chunks
    assert "The bellows are old." in chunks
    assert not any(line.strip() in chunks for line in WORDLESS[kind].split("\n")[3:-3] or [WORDLESS[kind]] if len(line) > 9)
    assert len(chunks) < 100


@pytest.mark.parametrize("kind", WORDS)
def test_what_only_looks_like_it_is_kept(kind: str) -> None:
    name = "a.md" if kind != "a rule" else "a.lua"
    chunks = chunks_of(name, f"The kiln is hot.\n\n{WORDS[kind]}\n\nThe bellows are old.\n")
    assert all(line[-40:] in chunks for line in WORDS[kind].split("\n"))
