"""A whole document read in the terminal program."""

from pathlib import Path

from ayllu.backends.scripted import Reply
from ayllu.tui.answer import AnswerView

from .conftest import Home
from .driver import WIDE, prompt, ready, text_of, until

SECTION = "## Rule {n}\n\nThe fee for bench {n} is {n}00 soles. " + "The benches stand in the old mill by the river. " * 40


async def test_each_part_is_a_step_and_escape_shows_what_was_read(home: Home, tmp_path: Path) -> None:
    (tmp_path / "rules.md").write_text("# Rules\n\n" + "\n\n".join(SECTION.format(n=n) for n in range(1, 9)), "utf-8")
    home.backend.style = "prose"
    app = home.app()
    app._application.library.ingest([str(tmp_path / "rules.md")], collection="documents")
    home.backend.client.replies = ["- The fee for bench 1 is 100 soles.", Reply("- The fee for bench 5", pause_s=30)]
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot)
        prompt(app).text = "List every fee in the rules"
        await pilot.press("enter")
        await until(pilot, lambda: "part 2 of" in text_of(app, "#activity"))
        assert "rules.md" in text_of(app, "#activity")
        await pilot.press("escape")
        await until(pilot, lambda: app.query(AnswerView).last().answer is not None)
        answer = app.query(AnswerView).last().answer
    assert answer is not None
    assert "The fee for bench 1 is 100 soles [1]." in answer.answer
    assert "it was stopped there" in answer.answer
    assert answer.documents_read is not None
    assert answer.documents_read.ended == "stopped"
