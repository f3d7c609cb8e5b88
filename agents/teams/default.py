"""The default team: it looks, remembers, thinks about whether to write, writes, has another model read, checks, answers."""

from __future__ import annotations

from .spec import Edge, TeamSpec

DEFAULT = TeamSpec(
    name="default",
    members=("retriever", "archivist", "critic", "writer", "second_reader", "editor"),
    edges=(
        Edge("retriever", "archivist"),
        Edge("archivist", "critic", when=("unknown",)),
        Edge("archivist", "editor", when=("recalled",)),
        Edge("critic", "writer", when=("write",)),
        Edge("writer", "second_reader"),
        Edge("second_reader", "critic"),
        Edge("critic", "editor", when=("draft", "quote", "abstain")),
    ),
    longest=7,  # retriever, archivist, critic, writer, second reader, critic, editor
)
