"""The default team: it looks, thinks about whether to write, writes, checks, and answers."""

from __future__ import annotations

from .spec import Edge, TeamSpec

DEFAULT = TeamSpec(
    name="default",
    members=("retriever", "critic", "writer", "editor"),
    edges=(
        Edge("retriever", "critic"),
        Edge("critic", "writer", when=("write",)),
        Edge("writer", "critic"),
        Edge("critic", "editor", when=("draft", "quote", "abstain")),
    ),
    longest=5,  # retriever, critic, writer, critic, editor
)
