"""Questions over manuals as a person has them: `python benchmarks/manuals.py [--whole] [--answers] [--held-out]`.

Reads what Debian's packages install (`debian-handbook`, `debian-reference-en`, `python3-doc`, `gnuplot-doc`, `r-doc-pdf`,
`zsh-doc`, `lilypond-doc`): some 130 documents that hold the answers and others beside them, or with `--whole` all 590. The
home is kept, so that a second run reads only what has changed. `manuals.jsonl` holds the questions, with what a right
passage must contain (any of several sets of strings; it is looked for in the passage with all that is read with it) and
what a right answer has. Printed: for how many of the answerable the right passage comes first, among three, among five,
and where it does not. With `--answers` also what the model in use answers, to be judged by reading: `holds` says only
whether a string of the right answer is in it.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ayllu import paths
from ayllu.app import Application, Chat, ChatOptions
from ayllu.retrieval import Passage

QUESTIONS = Path(__file__).with_suffix(".jsonl")
HELD_OUT = QUESTIONS.with_name("manuals_held_out.jsonl")
COLLECTION = "manuals"
DOC = Path("/usr/share/doc")
PYTHON = DOC / "python3.11/html"
LILYPOND = DOC / "lilypond/html/Documentation"
HANDBOOK = DOC / "debian-handbook/html/en-US"
REFERENCE = Path("/usr/share/debian-reference")
R_MANUALS = Path("/usr/share/R/doc/manual")
SOME = [
    *HANDBOOK.glob("sect.[ars]*.html"),
    *(HANDBOOK / f"{name}.html" for name in ("sect.installation-steps", "unix-services", "security", "index")),
    *(REFERENCE / f"{name}.en.html" for name in ("index", "ch01", "ch02", "ch03", "ch09")),
    *(PYTHON / f"{name}.html" for name in ("glossary", "using/cmdline", "faq/design", "faq/library", "howto/logging")),
    *(PYTHON / f"library/{name}.html" for name in ("argparse", "collections", "errno", "sqlite3", "signal", "py_compile")),
    *(PYTHON / f"{name}.html" for name in ("contents", "genindex-E", "genindex-P", "library/index")),
    *(R_MANUALS / f"R-{name}.pdf" for name in ("intro", "FAQ")),
    *(LILYPOND / name for name in ("usage.pdf", "music-glossary.pdf")),
]
WHOLE = [
    HANDBOOK,
    *REFERENCE.glob("*.en.html"),
    *(PYTHON.rglob("*.html")),  # not their sources, which lie beside them
    *R_MANUALS.glob("R-*.pdf"),
    DOC / "gnuplot/gnuplot.pdf",
    DOC / "zsh-common/zsh.pdf",
    *(LILYPOND / f"{name}.pdf" for name in ("usage", "music-glossary", "learning", "changes", "extending", "essay")),
]


def squeeze(text: str) -> str:
    return " ".join(text.split()).lower()


def is_right(passage: Passage, wanted: Sequence[Sequence[str]]) -> bool:
    text = squeeze(f"{passage.heading} {passage.context} {passage.text}")
    return any(all(squeeze(part) in text for part in parts) for parts in wanted)


def place(passages: Sequence[Passage], wanted: Sequence[Sequence[str]]) -> int | None:
    return next((rank for rank, passage in enumerate(passages, start=1) if is_right(passage, wanted)), None)


def ingest(application: Application, *, every: bool) -> None:
    named = sorted({str(path.resolve()) for path in (WHOLE if every else SOME)})
    if not named:
        sys.exit("the manuals are not installed")
    began = time.monotonic()
    report = application.library.ingest(named, collection=COLLECTION)
    counts = {"documents": report.documents, "chunks": application.library.count(COLLECTION), "failed": len(report.failed)}
    print(json.dumps({**counts, "seconds": round(time.monotonic() - began, 1)}))


def search(application: Application, questions: Sequence[dict[str, Any]], mode: str) -> None:
    places: list[int | None] = []
    for question in questions:
        if question["passage"]:
            text = question["question"]
            passages = application.library.retrieve(text, k=10, mode=mode, collection=COLLECTION).passages
            places.append(place(passages, question["passage"]))
            if places[-1] != 1:
                first = f"{Path(passages[0].source).name}: {squeeze(passages[0].text)[:70]}" if passages else ""
                print(json.dumps({"question": text, "place": places[-1], "first": first}, ensure_ascii=False))
    within = {f"in_{most}": round(sum((rank or 99) <= most for rank in places) / len(places), 3) for most in (1, 3, 5, 10)}
    print(json.dumps({"mode": mode, **within, "questions": len(places)}))


def answer(application: Application, questions: Sequence[dict[str, Any]]) -> None:
    chat = Chat.open(application, ChatOptions([COLLECTION]))
    right = {True: 0, False: 0}
    for question in questions:
        given = application.run(chat.session().ask_once(question["question"]))
        holds = any(squeeze(part) in squeeze(given.answer) for part in question["answer"])
        answerable = bool(question["passage"])
        right[answerable] += holds if answerable else given.abstained
        line = {"question": question["question"], "kind": given.kind, "holds": holds, "short": given.short}
        sources = [Path(citation.source).name for citation in given.citations]
        print(json.dumps({**line, "answer": squeeze(given.answer), "sources": sources}, ensure_ascii=False))
    near_misses = sum(not question["passage"] for question in questions)
    total = {"holds": right[True] / (len(questions) - near_misses), "near_misses_refused": right[False] / near_misses}
    print(json.dumps({name: round(share, 3) for name, share in total.items()}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--whole", action="store_true", help="all documents, not some")
    parser.add_argument("--answers", action="store_true")
    parser.add_argument("--held-out", action="store_true", help="the questions that nothing was chosen by")
    parser.add_argument("--modes", nargs="+", default=["hybrid"], choices=["hybrid", "dense", "keyword"])
    parser.add_argument("--home", type=Path, help="where the library is kept")
    options = parser.parse_args()
    questions = [json.loads(line) for line in (HELD_OUT if options.held_out else QUESTIONS).read_text("utf-8").splitlines()]
    if not options.whole:
        questions = [question for question in questions if "only_in" not in question]
    home = options.home or Path.home() / ".cache/ayllu-manuals"
    with Application(paths.find(home)) as application:
        ingest(application, every=options.whole)
        for mode in options.modes:
            search(application, questions, mode)
        if options.answers:
            answer(application, questions)


if __name__ == "__main__":
    main()
