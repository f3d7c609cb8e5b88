"""Front doors that open when something is asked for."""

import subprocess

import pytest
from ayllu.processes import isolated_environment, python_command


def test_parsers_are_loaded_without_what_they_do_not_need() -> None:
    program = "import sys, ayllu.retrieval.documents.parsers; print(sys.modules.keys() & {'numpy', 'pydantic', 'httpx'})"
    shown = subprocess.run(python_command("-c", program), env=isolated_environment(), capture_output=True, check=True)
    assert shown.stdout.strip() == b"set()"


def test_every_name_of_the_rooms_is_there() -> None:
    from ayllu import retrieval
    from ayllu.retrieval import documents

    for room in (retrieval, documents):
        assert all(getattr(room, name) is not None for name in room.__all__)
        with pytest.raises(AttributeError, match="no attribute 'nothing'"):
            _ = room.nothing
