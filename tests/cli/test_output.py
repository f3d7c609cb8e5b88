import io
import json

import pytest
from ayllu.cli.output import Output, dumps
from ayllu.cli.progress import ProgressBar
from ayllu.errors import NotFound

HOSTILE = "\x1b[31mred\x1b]0;title\x07 \x9b2J [bold]x[/bold] \u202egnp.exe \x07"


def streams(*, json: bool = False) -> tuple[Output, io.StringIO, io.StringIO]:
    out, err = io.StringIO(), io.StringIO()
    return Output(json=json, out=out, err=err), out, err


def test_json_mode_prints_one_object_and_nothing_else_on_stdout() -> None:
    output, out, err = streams(json=True)
    output.say("for a person")
    output.table(("a",), [("b",)])
    output.note("beside it")
    output.result({"n": 1})
    assert json.loads(out.getvalue()) == {"n": 1}
    assert err.getvalue() == "beside it\n"
    with pytest.raises(RuntimeError):
        output.result({"n": 2})


def test_hostile_text_is_harmless_in_json_and_keeps_every_character() -> None:
    text = dumps({"text": HOSTILE})
    assert json.loads(text)["text"] == HOSTILE
    assert not [char for char in text if ord(char) < 32 or 0x7F <= ord(char) < 0xA0 or char == "\u202e"]


def test_a_file_name_that_is_not_unicode_still_makes_json() -> None:
    text = dumps({"source": "caf\udce9.txt"})
    assert json.loads(text.encode("utf-8"))["source"] == "caf\udce9.txt"


def test_hostile_text_is_harmless_on_the_screen_and_never_markup() -> None:
    output, out, _ = streams()
    output.say(HOSTILE)
    output.table(("name",), [(HOSTILE,)])
    for line in out.getvalue().splitlines()[0::2]:
        assert "\x1b" not in line
        assert "\x9b" not in line
    assert "[bold]x[/bold]" in out.getvalue()


def test_letters_that_the_terminal_cannot_show_do_not_end_the_command() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, "ascii")
    Output(out=out, err=io.StringIO()).say("Amantaní “ferry”")
    assert raw.getvalue() == b"Amantan? ?ferry?\n"


def test_json_reaches_a_stdout_that_is_not_utf_8() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, "ascii")
    Output(json=True, out=out, err=io.StringIO()).result({"a": "Amantaní"})
    assert json.loads(raw.getvalue()) == {"a": "Amantaní"}


def test_off_a_terminal_a_table_is_aligned_and_never_cut() -> None:
    output, out, _ = streams()
    output.table(("name", "n"), [("x" * 200, 1), ("y", 22)])
    assert out.getvalue().splitlines() == [f"{'name':200}  n", f"{'x' * 200}  1", f"{'y':200}  22"]


def test_an_error_goes_to_stderr_with_its_next_step() -> None:
    output, out, err = streams()
    output.error(NotFound("There is no such thing.", hint="Look elsewhere."))
    assert out.getvalue() == ""
    assert err.getvalue() == "Error: There is no such thing.\n  Look elsewhere.\n"


def test_off_a_terminal_progress_is_an_occasional_line() -> None:
    now, stream = [0.0], io.StringIO()
    with ProgressBar("bytes", stream=stream, clock=lambda: now[0]) as bar:
        for second in range(25):
            now[0] = float(second)
            bar("model.gguf", second * 1_000_000, 98_000_000)
    assert stream.getvalue().splitlines() == [
        "model.gguf: 10 MB of 98 MB, 01:28 left",
        "model.gguf: 20 MB of 98 MB, 01:18 left",
    ]


def test_time_left_is_reckoned_anew_for_each_part_of_a_job() -> None:
    stream, now = io.StringIO(), [0.0]
    with ProgressBar(stream=stream, clock=lambda: now[0]) as bar:
        for label, pace in (("training", 10), ("measuring", 1)):
            for done in range(1, 12):
                now[0] += pace
                bar(label, done, 100 if label == "training" else 50)
    lines = stream.getvalue().splitlines()
    assert "training: 11 of 100, 14:50 left" in lines  # 10 s each
    assert lines[-1] == "measuring: 10 of 50, 00:40 left"


def test_a_number_that_is_none_is_null() -> None:
    shown = json.loads(dumps({"rows": [{"f1": float("nan"), "n": 3}, (float("-inf"), 0.5)]}), parse_constant=pytest.fail)
    assert shown == {"rows": [{"f1": None, "n": 3}, [None, 0.5]]}
