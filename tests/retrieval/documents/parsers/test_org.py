"""Org mode: what a person reads stays, with its structure; what Emacs keeps for itself goes."""

from .reading import blocks, contexts, read

NOTES = """#+TITLE: Boat house notes
#+STARTUP: overview
#+OPTIONS: toc:nil
# a comment

* TODO [#A] Repair the *slipway* :wood:urgent:
SCHEDULED: <2024-05-14 Tue>
:PROPERTIES:
:CUSTOM_ID: slip-1
:EFFORT: 3h
:END:
The winch pulls =250 kg= at most, see [[https://boats.example/winch][the manual]] and [[#slip-1][above]].
:LOGBOOK:
CLOCK: [2024-05-01 Wed 09:00]--[2024-05-01 Wed 10:00] =>  1:00
:END:
** Rates
#+CAPTION: Rates a day
| Boat   | Summer | Winter |
|--------+--------+--------|
| Canoe  |     12 |      8 |
| Kayak  |     15 |        |
#+TBLFM: $3=$2*0.7
- keel oil :: goes on once a year,
  in March
- oars
  1. check the blades
  2. wax the shafts
#+BEGIN_SRC python :results output
,* no heading
print("launch")
#+END_SRC
#+RESULTS:
: launch
#+BEGIN_QUOTE
A boat is never dry.
#+END_QUOTE
#+BEGIN_COMMENT
nobody reads this
#+END_COMMENT
"""


def test_an_org_file_keeps_its_structure_and_its_lines() -> None:
    parsed = read("notes.org", NOTES)
    assert parsed.title == "Boat house notes"
    parts = blocks(parsed)
    assert ("heading", "TODO Repair the slipway") in parts
    assert ("heading", "Rates") in parts
    assert ("code", '* no heading\nprint("launch")') in parts
    assert ("code", "launch") in parts
    assert ("paragraph", "A boat is never dry.") in parts
    assert parsed.has_lines
    assert parsed.text.split("\n")[5] == "TODO Repair the slipway"


def test_rows_of_an_org_table_name_their_columns() -> None:
    parsed = read("notes.org", NOTES)
    rows = [text for kind, text in blocks(parsed) if kind == "table row"]
    assert rows == ["Boat: Canoe; Summer: 12; Winter: 8.", "Boat: Kayak; Summer: 15; Winter: –."]
    assert contexts(parsed)[rows[0]] == "Rates a day"


def test_an_org_list_keeps_its_terms_and_depths() -> None:
    parts = blocks(read("notes.org", NOTES))
    assert ("definition", "keel oil: goes on once a year,\n  in March") in parts
    assert ("list item", "1. check the blades") in parts
    assert contexts(read("notes.org", NOTES))["2. wax the shafts"] == "oars"


def test_drawers_comments_and_settings_are_left_out() -> None:
    text = read("notes.org", NOTES).text
    for word in ("CUSTOM_ID", "3h", "CLOCK", "overview", "toc", "comment", "nobody", "TBLFM", "urgent", "#+"):
        assert word not in text
    assert "The winch pulls 250 kg at most, see the manual (https://boats.example/winch) and above." in text
    assert "SCHEDULED: <2024-05-14 Tue>" in text


def test_a_drawer_or_a_block_without_an_end_loses_nothing() -> None:
    parsed = read("a.org", "* Tides\n:PROPERTIES:\nHigh water at noon.\n* Winds\n#+BEGIN_SRC sh\nReef at force five.\n")
    assert "High water at noon." in parsed.text
    assert "Reef at force five." in parsed.text
