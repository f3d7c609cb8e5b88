"""How fast documents are parsed: `python benchmarks/parsing.py PATH... [--most N] [--json]`.

Every file below the paths is read and parsed in this process, one after the other, once. The first line names the CPU; then
comes a line a format: documents, pages, megabytes and passages (cut by the hashing embedder's tokens), each also a second of
CPU time, and for PDFs how long bare PDFium takes for the text of the same pages, in the same run.
"""

import argparse
import gzip
import json
import platform
import sys
import time
from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path

from ayllu.retrieval.documents.chunking import cut_chunks
from ayllu.retrieval.documents.parsers import BlockKind, Unreadable, parse
from ayllu.retrieval.embedders.hashing import HashingEmbedder

CHUNK_TOKENS = 200


@dataclass
class Tally:
    documents: int = 0
    refused: int = 0
    pages: int = 0
    megabytes: float = 0.0
    passages: int = 0
    characters: int = 0
    furniture: int = 0  # characters that are in no passage
    parse_s: float = 0.0
    bare_s: float = 0.0  # PDFium's own text of the same pages

    def line(self, media_type: str) -> str:
        seconds = max(self.parse_s, 1e-9)
        rates = [
            f"{self.documents} documents ({self.refused} refused)",
            f"{self.pages} pages, {self.pages / seconds:.0f}/s",
            f"{self.megabytes:.1f} MB, {self.megabytes / seconds:.1f}/s",
            f"{self.passages} passages, {self.passages / seconds:.0f}/s",
            f"furniture {self.furniture / max(self.characters, 1):.3f}",
        ]
        bare = f", {self.parse_s / self.bare_s:.1f} × bare PDFium" if self.bare_s else ""
        return f"{media_type}: {'; '.join(rates)}; {self.parse_s:.1f} s of CPU{bare}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", type=Path, nargs="+")
    parser.add_argument("--most", type=int, default=1_000_000, help="files a format, the first by name")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    tallies: dict[str, Tally] = defaultdict(Tally)
    counts: dict[str, int] = defaultdict(int)
    for file in files_below(options.paths):
        ending = file.name.lower().removesuffix(".gz").rpartition(".")[2]
        counts[ending] += 1
        if counts[ending] <= options.most:
            measure(file, tallies)
    if options.json:
        print(json.dumps({"cpu": cpu(), "formats": {name: asdict(tally) for name, tally in tallies.items()}}))
        return
    print(cpu())
    for name, tally in sorted(tallies.items()):
        print(tally.line(name))


def files_below(paths: list[Path]) -> list[Path]:
    files = {
        file.resolve() for path in paths for file in (sorted(path.rglob("*")) if path.is_dir() else [path]) if file.is_file()
    }
    return sorted(files)


def measure(file: Path, tallies: dict[str, Tally]) -> None:
    content = file.read_bytes()
    name = file.name
    if name.endswith(".pdf.gz"):
        content, name = gzip.decompress(content), name.removesuffix(".gz")
    start = time.process_time()
    try:
        parsed = parse(name, content)
    except Unreadable as error:
        print(f"{file}: {error}", file=sys.stderr)
        tallies["unreadable"].refused += 1
        return
    tally = tallies[parsed.media_type]
    tally.parse_s += time.process_time() - start
    tally.documents += 1
    tally.pages += len(parsed.pages)
    tally.megabytes += len(content) / 1e6
    tally.characters += len(parsed.text)
    tally.furniture += sum(block.end - block.start for block in parsed.blocks if block.kind is BlockKind.FURNITURE)
    tally.passages += len(cut_chunks(parsed, max_tokens=CHUNK_TOKENS, token_offsets=HashingEmbedder().token_offsets))
    if parsed.media_type == "application/pdf":
        tally.bare_s += bare(content)


def bare(content: bytes) -> float:
    """Seconds that PDFium takes for the text of all pages, in the order of the file."""
    import pypdfium2

    start = time.process_time()
    document = pypdfium2.PdfDocument(content)
    for number in range(len(document)):
        page = document[number]
        textpage = page.get_textpage()
        textpage.get_text_range()
        textpage.close()
        page.close()
    document.close()
    return time.process_time() - start


def cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


if __name__ == "__main__":
    main()
