"""Whole documents, read part by part by a scripted model."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from autogen_core.models import LLMMessage
from ayllu.agents import AnswerReady, ChatSession, DraftDropped, Event, Failed, Progress, Token
from ayllu.agents.digest.kinds import may_be
from ayllu.backends import BackendUnreachable
from ayllu.backends.scripted import Reply, ScriptedBackend
from ayllu.config import AgentSettings, Settings
from ayllu.conversations import Answer, Conversations
from ayllu.retrieval import Library

TOWNS = ["Abancay", "Barranco", "Cusco", "Desaguadero", "Espinar", "Ferreñafe", "Guadalupe", "Huaraz"]
FILLER = "The road is long and the weather changes often in these hills. " * 30
Read = Callable[..., ChatSession]


def town_facts(town: str) -> str:
    return f"The fee for the market of {town} is {100 + TOWNS.index(town)} soles."


@pytest.fixture
def guide(tmp_path: Path, library: Library) -> str:
    """A document with a section for each town, in several parts; its collection."""
    folder = tmp_path / "papers"
    folder.mkdir()
    sections = [f"## {town}\n\n{town_facts(town)} {FILLER}\n" for town in TOWNS]
    (folder / "guide.md").write_text("# Market guide\n\n" + "\n".join(sections), "utf-8")
    library.ingest([str(folder)], collection="papers")
    return "papers"


def facts_of(messages: Sequence[LLMMessage]) -> list[str]:
    """The facts that stand in a request, in their order."""
    return re.findall(r"The fee for the market of \w+ is \d+ soles\.", str(messages[-1].content))


def noting(messages: Sequence[LLMMessage]) -> str:
    return " ".join(facts_of(messages))


def listing(messages: Sequence[LLMMessage]) -> str:
    return "Fees:\n" + "\n".join(f"- {fact}" for fact in facts_of(messages))


@pytest.fixture
def read(library: Library, conversations: Conversations, guide: str) -> Read:
    def make(backend: ScriptedBackend, collections: Sequence[str] = (), **agents: object) -> ChatSession:
        settings = Settings(agents=AgentSettings(**agents))
        return ChatSession(library, backend, conversations, settings, collections=collections or [guide])

    return make


async def events_of(chat: ChatSession, question: str) -> list[Event]:
    return [event async for event in chat.ask(question)]


def answer_of(events: Sequence[Event]) -> Answer:
    assert isinstance(events[-1], AnswerReady)
    return events[-1].answer


def parts_of(backend: ScriptedBackend) -> list[str]:
    """What the model was shown of the document, a request each."""
    requests = [str(messages[-1].content) for messages, _ in backend.client.calls]
    return [request for request in requests if request.startswith("A part of")]


@pytest.mark.parametrize(
    "question", ["Summarise this document", "summarize guide.md", "Summarise the market guide, please."]
)
async def test_a_summary_is_of_all_of_the_document_and_each_line_names_its_passage(read: Read, question: str) -> None:
    backend = ScriptedBackend(otherwise=noting)
    events = await events_of(read(backend), question)
    answer = answer_of(events)
    parts = parts_of(backend)
    assert len(parts) > 2
    assert [fact for part in parts for fact in re.findall(r"market of (\w+)", part)] == TOWNS  # each once, in order
    assert answer.kind == "draft"
    assert answer.unsupported == ()
    for town in TOWNS:
        sentence = next(line for line in re.split(r"(?<=\.) ", answer.answer) if town in line)
        mark = int(re.search(r"\[(\d+)\]", sentence)[1])
        assert town_facts(town) in answer.citations[mark - 1].text
        assert town == "Abancay" or answer.citations[mark - 1].heading == "Market guide"
    assert (answer.documents_read.parts_read, answer.documents_read.ended) == (len(parts), "complete")
    steps = [event for event in events if isinstance(event, Progress)]
    assert [step.done for step in steps] == list(range(len(parts)))
    assert "guide.md" in steps[0].note
    assert f"of {len(parts)}" in steps[0].note


async def test_a_list_has_every_item_of_every_part_once(read: Read) -> None:
    backend = ScriptedBackend(otherwise=lambda messages: f"{listing(messages)}\n- {town_facts('Cusco')}")
    answer = answer_of(await events_of(read(backend), "List every fee in the market guide"))
    assert [line[:2] for line in answer.answer.splitlines()] == ["- "] * len(TOWNS)
    assert [sum(town in line for line in answer.answer.splitlines()) for town in TOWNS] == [1] * len(TOWNS)
    assert len(answer.citations) == len(TOWNS)
    assert "fee" in parts_of(backend)[0].splitlines()[-1]


async def test_what_no_part_supports_is_named(read: Read) -> None:
    backend = ScriptedBackend(otherwise=lambda messages: f"{listing(messages)}\n- Bananas ripen in Iquitos.")
    answer = answer_of(await events_of(read(backend), "List every fee in the market guide"))
    assert [each.text for each in answer.unsupported] == ["Bananas ripen in Iquitos."]
    assert answer.answer.endswith("Bananas ripen in Iquitos.")
    strict = answer_of(await events_of(read(backend, strict=True), "List every fee in the market guide"))
    assert "Bananas" not in strict.answer
    assert all(town in strict.answer for town in TOWNS)


async def test_what_was_read_before_the_person_stopped_is_shown_as_a_part(read: Read) -> None:
    backend = ScriptedBackend(otherwise=listing)
    chat = read(backend)
    events: list[Event] = []
    async for event in chat.ask("List every fee in the market guide"):
        events.append(event)
        if isinstance(event, Progress) and event.done == 2:
            chat.stop()
    answer = answer_of(events)
    assert "Abancay" in answer.answer
    assert "Huaraz" not in answer.answer
    assert (answer.documents_read.parts_read, answer.documents_read.ended) == (2, "stopped")
    assert re.search(
        r"\(Only 2 of \d+ parts of Market guide were read: it was stopped there\. Not read: from", answer.answer
    )
    assert "Only 2 of" not in answer.short


async def test_a_stop_while_the_notes_are_put_together_shows_the_notes(read: Read) -> None:
    def write(messages: Sequence[LLMMessage]) -> Reply:
        notes = str(messages[-1].content).startswith("Notes:")
        return Reply(f"## Part\n\n{noting(messages)}", pause_s=0.5 if notes else 0.0)

    chat = read(ScriptedBackend(otherwise=write))
    async for event in chat.ask("Summarise this document"):
        if isinstance(event, Token):
            chat.stop()
    answer = answer_of([event])
    assert answer.documents_read.ended == "stopped"
    assert "It was stopped before the notes on the parts were put together" in answer.answer
    assert all(town in answer.answer for town in TOWNS)
    assert "##" not in answer.answer


async def test_a_stop_before_anything_was_read_leaves_no_answer(read: Read) -> None:
    chat = read(ScriptedBackend(otherwise=lambda messages: Reply(noting(messages), pause_s=0.05)))
    async for event in chat.ask("Summarise this document"):
        if isinstance(event, Progress):
            chat.stop()
    assert isinstance(event, Failed)
    assert event.error.kind == "stopped"


async def test_the_bound_of_tokens_is_kept_and_said(read: Read) -> None:
    backend = ScriptedBackend(otherwise=noting)
    answer = answer_of(await events_of(read(backend, whole_tokens=2_500), "Summarise this document"))
    assert answer.documents_read.ended == "tokens"
    assert answer.documents_read.parts_read == len(parts_of(backend)) < answer.documents_read.parts
    assert "`agents.whole_tokens` (2,500) allows no more" in answer.answer


async def test_the_bound_of_seconds_is_kept_and_said(read: Read) -> None:
    backend = ScriptedBackend(otherwise=noting)
    answer = answer_of(await events_of(read(backend, whole_seconds=1e-9), "Summarise this document"))
    assert (answer.documents_read.ended, answer.documents_read.parts_read) == ("seconds", 1)
    assert "`agents.whole_seconds`" in answer.answer


async def test_notes_stand_for_a_summary_that_nothing_supports(read: Read) -> None:
    def write(messages: Sequence[LLMMessage]) -> str:
        return noting(messages) if str(messages[-1].content).startswith("A part of") else "Bananas ripen in Iquitos."

    events = await events_of(read(ScriptedBackend(otherwise=write)), "Summarise this document")
    answer = answer_of(events)
    assert all(town_facts(town)[:-1] in answer.answer for town in TOWNS)
    assert "Bananas" not in answer.answer
    assert any(isinstance(event, DraftDropped) for event in events)


async def test_what_was_noted_before_a_failure_is_not_read_again(library: Library, read: Read) -> None:
    failing = [Reply(town_facts("Abancay")), Reply(error=BackendUnreachable("It is gone.", hint="Start it.", again=True))]
    backend = ScriptedBackend(replies=failing, otherwise=noting)
    answer = answer_of(await events_of(read(backend), "Summarise this document"))
    asked_twice = [part for part in parts_of(backend) if parts_of(backend).count(part) > 1]
    assert len(set(asked_twice)) == 1  # the one at which it failed
    assert answer.documents_read.ended == "complete"


async def test_a_model_that_points_says_that_it_sums_up_nothing(read: Read) -> None:
    answer = answer_of(await events_of(read(ScriptedBackend(style="span", model="tiny")), "Summarise this document"))
    assert answer.kind == "abstained"
    assert answer.answer.startswith("tiny copies phrases")
    assert "`ayllu models use NAME`" in answer.answer
    assert "Abancay; Barranco" in answer.answer


async def test_this_document_is_what_the_latest_answer_cites(read: Read, tmp_path: Path, library: Library) -> None:
    for name in ("ferry", "bread", "tools", "birds"):
        (tmp_path / f"{name}.md").write_text(f"# The {name}\n\nThe {name} costs 7 soles on Mondays.\n")
        library.ingest([str(tmp_path / f"{name}.md")], collection="several")
    backend = ScriptedBackend(otherwise=lambda messages: "The bread costs 7 soles on Mondays.")
    chat = read(backend, ["several"], critic_threshold=0.0)
    which = answer_of(await events_of(chat, "Summarise this document"))
    assert (which.kind, which.asks_back) == ("abstained", ("The birds", "The bread", "The ferry", "The tools"))
    chosen = answer_of(await events_of(chat, "the bread"))
    assert chosen.question == "Summarise this document (the bread)"
    assert [Path(source).name for source in chosen.documents_read.sources] == ["bread.md"]
    again = answer_of(await events_of(chat, "Summarise it"))
    assert [Path(source).name for source in again.documents_read.sources] == ["bread.md"]


async def test_zero_tokens_leave_it_to_passages(read: Read) -> None:
    backend = ScriptedBackend(otherwise=lambda messages: town_facts("Cusco"))
    answer = answer_of(await events_of(read(backend, whole_tokens=0, critic_threshold=0.0), "Summarise this document"))
    assert answer.documents_read is None


async def test_a_list_is_on_the_screen_part_by_part(read: Read) -> None:
    events = await events_of(read(ScriptedBackend(otherwise=listing)), "List every fee in the market guide")
    kinds = [type(event) for event in events if isinstance(event, Progress | Token)]
    assert kinds[:4] == [Progress, Token, Progress, Token]


WISHES = "Answer in Spanish, and call me Ana."


@pytest.mark.parametrize(
    ("question", "wishful"),
    [("List every fee in the market guide", "all"), ("Summarise this document", "last")],
)
async def test_a_person_s_wishes_stand_where_what_is_written_is_shown(read: Read, question: str, wishful: str) -> None:
    """Notes stay in the document's language, or nothing would support them; a list and a summary are the person's."""
    backend = ScriptedBackend(otherwise=listing if wishful == "all" else noting)
    answer = answer_of(await events_of(read(backend, instructions=WISHES), question))
    systems = [str(messages[0].content) for messages, _ in backend.client.calls]
    wished = [f"<wishes>\n{WISHES}\n</wishes>" in system for system in systems]
    assert len(wished) > 2
    assert wished == ([True] * len(wished) if wishful == "all" else [*[False] * (len(wished) - 1), True])
    assert answer.kind == "draft"
    last = str(backend.client.calls[-1][0][-1].content)
    assert last.endswith("Answer in Spanish.")


async def test_a_document_of_one_part_is_summed_up_as_wished(read: Read, tmp_path: Path, library: Library) -> None:
    (tmp_path / "note.md").write_text("# Note\n\nThe roof was mended in May, and the bill has been paid.\n", "utf-8")
    library.ingest([str(tmp_path / "note.md")], collection="note")
    backend = ScriptedBackend(replies=["El techo se reparó en mayo y la factura ya está pagada."])
    answer = answer_of(await events_of(read(backend, ["note"], instructions=WISHES), "Summarise this document"))
    assert WISHES in str(backend.client.calls[0][0][0].content)
    assert answer.answer.startswith("El techo se reparó en mayo")  # no word of it can be held against the document
    assert (answer.kind, answer.unsupported) == ("draft", ())


async def test_a_list_of_fees_leaves_out_what_is_none_and_what_says_no_more(read: Read) -> None:
    """As a model of half a billion parameters lists: the file's name, sentences without a figure, the same once more."""

    def write(messages: Sequence[LLMMessage]) -> str:
        facts = facts_of(messages)
        more = ["guide.md", "The road is long and the weather changes often in these hills.", *facts]
        return "\n".join(f"- {item}" for item in [*more, *(fact.replace("The fee", "Fee") for fact in facts)])

    answer = answer_of(await events_of(read(ScriptedBackend(otherwise=write)), "List every fee in the market guide"))
    assert [line.partition(" [")[0] for line in answer.answer.splitlines()] == [
        f"- {town_facts(town).removesuffix('.')}" for town in TOWNS
    ]


@pytest.mark.parametrize(
    ("topic", "item", "kept"),
    [
        ("fees", "A lost card is replaced for 4 soles", True),
        ("fee", "Workshop safety: free", True),
        ("fees", "Pay the fee for the first year", True),
        ("fees", "Dogs wait outside, except assistance dogs", False),
        ("fees", "Smoking is forbidden since the fire of 2003", False),
        ("fee in membership.md, house-rules.txt and courses.csv", "The membership card is valid from the same day", False),
        ("fee in membership.md, house-rules.txt and courses.csv", "Pay the fee for the first year", True),
        ("costs of the courses", "Sharpening: 2000 soles", True),
        ("dates", "The assembly meets on the second Saturday of March", True),
        ("deadlines", "Bring tools back clean", False),
        ("e-mail addresses", "desk@shed.pe", True),
        ("e-mail addresses", "The desk", False),
        ("commands", "Dogs wait outside", True),
        ("phone numbers", "Ring 555-0142", True),
        ("phone numbers", "Ring twice", False),
    ],
)
def test_an_item_must_look_like_what_was_asked_for_where_that_can_be_seen(topic: str, item: str, kept: bool) -> None:
    assert may_be(item, topic) == kept
