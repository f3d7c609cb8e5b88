"""Drafts in odd forms become answers; what the documents have themselves stays."""

import pytest
from ayllu.agents.writing.tidying import tidy
from ayllu.retrieval import Passage

TEXT = "Write to https://tools.pe/join or press <b>Join</b>."
PASSAGES = [Passage("c1", "/docs/join.html", None, TEXT, 0, len(TEXT), 1.0, 1.0)]
OPEN = "It is open from 10:00 [1]."
TIDIED = [
    ('{"answer": "It is open from 10:00 [1].", "sources": [1]}', OPEN),
    ('```json\n{"response": {"text": "It is open from 10:00 [1]."}}\n```', OPEN),
    ('["Bring a card.", "Pay 2 soles."]', "- Bring a card.\n- Pay 2 soles."),
    ('{"opens": "10:00"}', '{"opens": "10:00"}'),  # no answer to be seen in it
    ("```markdown\nIt is open from 10:00 [1].\n```", OPEN),
    ("**Answer:** It is open from 10:00 [1].", OPEN),
    ("Question: When?\nAnswer: It is open from 10:00 [1].\n\nQuestion: Who?\nAnswer: Me.", OPEN),
    ('[1] "/docs/join.html"\nIt is open from 10:00 [1].', OPEN),
    ("It is open from 10:00【1†source】.", "It is open from 10:00[1]."),
    ("It is open [^1], and closes [Passage 2] (source 3).", "It is open [1], and closes [2] [3]."),
    ("Look: ![a plan](https://evil.example/p.png?q=secret)", "Look: a plan"),
    (
        "See [the site](https://evil.example/x) or [join](https://tools.pe/join).",
        "See the site or [join](https://tools.pe/join).",
    ),
    ("See [the site][1x].\n\n[1x]: https://evil.example/x", "See [the site][1x]."),
    ("<p>It is <i>open</i><br>from <b>10:00</b>.</p><script>steal()</script>", "It is open\nfrom <b>10:00</b>."),
    ("<ul><li>One</li><li>Two</li></ul>", "- One\n- Two"),
    ("Use `<i>` and `![x](y)`.", "Use `<i>` and `![x](y)`."),
    ("Run:\n```sh\nmake <i>", "Run:\n```sh\nmake <i>\n```"),
    ("Where a < b and c > d.", "Where a < b and c > d."),
]


@pytest.mark.parametrize(("draft", "answer"), TIDIED)
def test_what_only_wraps_an_answer_goes(draft: str, answer: str) -> None:
    assert tidy(draft, "When is it open?", PASSAGES) == answer


def test_json_that_was_asked_for_stays() -> None:
    draft = '```json\n{"answer": "10:00"}\n```'
    assert tidy(draft, "When is it open, as JSON?", PASSAGES) == draft


def test_a_number_that_the_model_parted_is_the_one_that_it_copied() -> None:
    text = "Within a day it reached 6.3 million views; item 6. 4 is another."
    passages = [Passage("c1", "views.txt", None, text, 0, len(text), 1.0, 1.0)]
    assert tidy("It reached 6. 3 million views, as 6. 4 and 7. 5 do not.", "How many?", passages) == (
        "It reached 6.3 million views, as 6. 4 and 7. 5 do not."
    )
