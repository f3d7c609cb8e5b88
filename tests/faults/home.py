"""A home in use, and what is in it: documents, answers, ratings, adapters. It is made once, and copied for each test."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FIXTURE = Path(__file__).parents[1] / "fixtures" / "home-0.1.0"
_DOCUMENTS = {
    "ferry.md": "# The ferry\n\nThe ferry to Amantani leaves at 7:45 from pier 3.\n",
    "bread.txt": "The bakery sells barley bread on Thursdays. A loaf costs 4 soles.\n",
    "library.md": "# The library\n\nThe library opens at 10:00 and has 1,200 books.\n",
}
_QUESTION = {"id": "q1", "question": "When does the ferry leave?", "answers": ["7:45"], "context": _DOCUMENTS["ferry.md"]}
_PREDICTION = {
    **{"id": "q1", "answer": "At 7:45.", "short": "7:45", "kind": "draft", "abstained": False},
    **{"citations": [_DOCUMENTS["ferry.md"]], "evidence": [], "ranked": ["q1"]},
    "gold": {"id": "q1", "question": "When does the ferry leave?", "answers": ["7:45"], "relevant": {"q1": 1}},
}


@dataclass(frozen=True)
class Home:
    """Where things are, and the ids of what was said."""

    home: Path
    documents: Path
    scratch: Path
    questions: Path
    predictions: Path
    words: Path  # somebody else's, to be imported
    model: Path
    backup: Path
    ferry: str = ""  # two answers of one conversation
    bread: str = ""
    session: str = ""
    adapter: str = "a202601050900000001"
    other_adapter: str = "a202602050900000002"

    @classmethod
    def below(cls, folder: Path, **ids: str) -> Home:
        inner = {name: folder / name for name in ("home", "documents", "scratch")}
        return cls(
            **inner,
            questions=folder / "questions.jsonl",
            predictions=folder / "predictions.jsonl",
            words=folder / "words.json",
            model=folder / "own.gguf",
            backup=folder / "kept.tar.gz",
            **ids,
        )

    def lay_out(self) -> None:
        """What is there before anything is asked."""
        self.documents.mkdir(parents=True)
        self.scratch.mkdir()
        for name, text in _DOCUMENTS.items():
            (self.documents / name).write_text(text, "utf-8")
        self.questions.write_text(json.dumps(_QUESTION) + "\n", "utf-8")
        self.predictions.write_text(json.dumps(_PREDICTION) + "\n", "utf-8")
        self.words.write_text(json.dumps([{"instruction": "When is it open?", "output": "At 10:00."}]), "utf-8")
        self.model.write_bytes(b"GGUF" + bytes(64))
        shutil.copytree(FIXTURE / "adapters", self.home / "adapters")


def kept(run: Any) -> dict[str, Any]:
    """What a person would miss: sources with their content, sessions, answers and ratings, as the commands tell them."""
    sources = run("sources", "list", "--json").json["sources"]
    events = run("feedback", "list", "--json").json["events"]
    adapters = run("adapters", "list", "--json").json
    return {
        "sources": {entry["source"]: entry["sha256"] for entry in sources},
        "events": {event["event_id"] for event in events},
        "adapters": {entry["adapter_id"] for entry in adapters["adapters"]},
    }
