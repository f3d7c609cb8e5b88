"""One evaluation file that several tests read."""

import json
from pathlib import Path

import pytest


@pytest.fixture
def squad_file(tmp_path: Path) -> Path:
    """SQuAD 2.0: four houses, each with a question that can be answered and one that cannot."""
    paragraphs = [
        {
            "context": f"The {colour} house was built in {year}.",
            "qas": [
                {"id": f"a{year}", "question": f"When was the {colour} house built?", "answers": [{"text": str(year)}]},
                {"id": f"i{year}", "question": "Who owns it?", "answers": [], "is_impossible": True},
            ],
        }
        for year, colour in enumerate(["red", "blue", "green", "yellow"], start=1900)
    ]
    file = tmp_path / "squad.json"
    file.write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}))
    return file
