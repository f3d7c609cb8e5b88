"""The default team: it looks, thinks about whether to write, writes, has another model read, checks, and answers."""

from __future__ import annotations

from .spec import Edge, TeamSpec

DEFAULT = TeamSpec(
    name="default",
    members=("retriever", "critic", "writer", "second_reader", "editor"),
    edges=(
        Edge("retriever", "critic"),
        Edge("critic", "writer", when=("write",)),
        Edge("writer", "second_reader"),
        Edge("second_reader", "critic"),
        Edge("critic", "editor", when=("draft", "quote", "abstain")),
    ),
    longest=6,  # retriever, critic, writer, second reader, critic, editor
)
