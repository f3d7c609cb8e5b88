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


TEXT_OF_ODD = "On Sundays the library is open from 10:00 to 14:00. On Mondays it is closed."
ODD_QUESTION = "When is the library open on Sundays?"
ODD_PASSAGES = [
    Passage(f"c{n}", f"/docs/{name}", None, TEXT_OF_ODD, 0, len(TEXT_OF_ODD), 1.0, 1.0)
    for n, name in enumerate(["hours.md", "rules.md", "fees.md"])
]
SAYS = "On Sundays the library is open from 10:00 to 14:00."
MARKED = SAYS.removesuffix(".")


@pytest.mark.parametrize(
    "draft",
    [
        f"<answer>{SAYS}</answer>",
        f"<final>{SAYS}</final>",
        f"<output>{SAYS}</output>",
        f'<tool_call>{{"name": "search", "arguments": {{}}}}</tool_call>\n{SAYS}',
        f'[{{"answer": "{SAYS}"}}]',
        f'Here is the JSON:\n```json\n{{"answer": "{SAYS}"}}\n```',
        f'{{"answer": "{SAYS}", "sources": [1',
        f"```\n{SAYS}\n```",
        f"{ODD_QUESTION}\n\n{SAYS}",
        f"{ODD_QUESTION} {SAYS}",
        f"Q: {ODD_QUESTION}\nA: {SAYS}",
        f'Passages:\n\n[1] "hours.md"\n{SAYS}\n\nQuestion: {ODD_QUESTION}\nAnswer: {SAYS}',
        f"Assistant: {SAYS}",
        f"Response: {SAYS}",
        f"**Answer**\n\n{SAYS}",
        f"## Answer\n{SAYS}",
        f"Sure! {SAYS} Let me know if you need anything else!",
        f"Certainly, here is the answer:\n\n{SAYS}",
        f"Here is the answer to your question:\n{SAYS}",
        f"{SAYS}\n\nNote: This answer is based only on the passages.",
        f"{SAYS}\n\nSources: hours.md",
        f"{SAYS}\n\n**References:**\n[1] hours.md\n[2] other-file.pdf",
        f"{SAYS}\n\n[^1]: hours.md",
        f"According to passage [1], on Sundays{SAYS.removeprefix('On Sundays')}",
        f"Passage 1 states that on Sundays{SAYS.removeprefix('On Sundays')}",
        "On Sun\u200bdays the library is open from 10:00 to 14:00.\ufeff",
        "On Sundays the library is open from １０：００ to １４：００.",
        "On Sundays the library is open from 10:00 to&nbsp;14:00.",
        "On Sundays the library is open from \\boxed{10:00 to 14:00}.",
    ],
)
def test_an_answer_in_an_odder_form_is_the_answer(draft: str) -> None:
    assert tidy(draft, ODD_QUESTION, ODD_PASSAGES) == SAYS


@pytest.mark.parametrize(
    ("draft", "answer"),
    [
        (f"{MARKED} [1-3].", f"{MARKED} [1][2][3]."),
        (f"{MARKED} [1–2].", f"{MARKED} [1][2]."),
        (f"{MARKED} (1).", f"{MARKED} [1]."),
        (f"{MARKED} {{2}}. Then <3>.", f"{MARKED} [2]. Then [3]."),
        (f"{SAYS}¹", f"{SAYS} [1]"),
        (f"{MARKED} [source: rules.md].", f"{MARKED} [2]."),
        (f"{MARKED} (rules.md).", f"{MARKED} [2]."),
        (f"<cite>2</cite> {SAYS}", f"[2] {SAYS}"),
        (f"{SAYS}\\n\\nOn Mondays it is closed.", f"{SAYS}\n\nOn Mondays it is closed."),
    ],
)
def test_marks_of_any_form_are_marks(draft: str, answer: str) -> None:
    assert tidy(draft, ODD_QUESTION, ODD_PASSAGES) == answer


@pytest.mark.parametrize(
    "draft",
    [
        "There are two ways: (1) by bus, (2) on foot.",
        "It weighs 3 kg (2019).",
        "Source code lies in the folder, and so do the fees.",
        "In the text, three names stand.",
        "The years [10-12] are in the index.",
        "Sure enough, it is open.",
        "An answer: none of them.",
        "It has the area of 5 m² and is open.",
        "```\nls -l | grep x;\n```",
        "AT&amp;T".replace("&amp;", "&"),
    ],
)
def test_what_only_looks_like_it_stays(draft: str) -> None:
    assert tidy(draft, ODD_QUESTION, ODD_PASSAGES) == draft
