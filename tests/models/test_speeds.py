"""Remembering how fast models read and write on this machine."""

from pathlib import Path

import pytest
from ayllu.models import Speed, Speeds


def test_what_an_answer_showed_is_remembered_apart_for_each_model_and_for_reading_and_writing(tmp_path: Path) -> None:
    Speeds(tmp_path / "speeds.json").remember_writing("toy", 100, 5.0)
    Speeds(tmp_path / "speeds.json").remember_reading("toy", 600, 2.0)
    assert Speeds(tmp_path / "speeds.json").of("toy") == Speed(reading=300.0, writing=20.0)
    assert Speeds(tmp_path / "speeds.json").of("another") == Speed()
    assert Speed(writing=20.0).words == pytest.approx(15.0)


def test_one_slow_answer_moves_a_figure_by_less_than_half_and_many_move_it_there(tmp_path: Path) -> None:
    speeds = Speeds(tmp_path / "speeds.json")
    speeds.remember_writing("toy", 100, 5.0)
    speeds.remember_writing("toy", 100, 50.0)
    assert 11.0 < (speeds.of("toy").writing or 0) < 20.0
    for _ in range(20):
        speeds.remember_writing("toy", 100, 50.0)
    assert speeds.of("toy").writing == pytest.approx(2.0, rel=0.15)


def test_some_tokens_alone_say_nothing_of_a_speed(tmp_path: Path) -> None:
    speeds = Speeds(tmp_path / "speeds.json")
    speeds.remember_writing("toy", 3, 1.0)
    speeds.remember_reading("toy", 8, 0.001)
    speeds.remember_writing("toy", 100, 0.0)
    assert speeds.of("toy") == Speed()


@pytest.mark.parametrize("content", ["", "[1]", '{"toy": 3}', '{"toy": {"writing": "fast"}}', "[" * 100_000])
def test_a_damaged_file_is_begun_anew(tmp_path: Path, content: str) -> None:
    file = tmp_path / "speeds.json"
    file.write_text(content, "utf-8")
    speeds = Speeds(file)
    assert speeds.of("toy") == Speed()
    speeds.remember_writing("toy", 100, 10.0)
    assert speeds.of("toy") == Speed(writing=10.0)


def test_a_folder_that_cannot_be_written_to_costs_the_figure_alone(tmp_path: Path) -> None:
    speeds = Speeds(tmp_path / "not there" / "speeds.json")
    speeds.remember_writing("toy", 100, 10.0)
    assert speeds.of("toy") == Speed()
