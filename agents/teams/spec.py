"""A team as data: its members and who speaks to whom, so that a file can say it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..judging import Decision


@dataclass(frozen=True, slots=True)
class Edge:
    """After `source` has spoken, `target` does. `when` names what it must have decided for that; empty: always.

    A member's edges have all a `when`, or none.
    """

    source: str
    target: str
    when: tuple[Decision | Literal["recalled", "unknown"], ...] = ()


@dataclass(frozen=True, slots=True)
class TeamSpec:
    """The first of `members` begins; the team is done where nobody follows.

    Raises:
        ValueError: an edge names no member.
    """

    name: str
    members: tuple[str, ...]  # roles
    edges: tuple[Edge, ...]
    longest: int  # turns that a question may take

    def __post_init__(self) -> None:
        for edge in self.edges:
            for end in (edge.source, edge.target):
                if end not in self.members:
                    raise ValueError(f"The team `{self.name}` has no member `{end}`.")
