"""The command line: parse, call, show. One file per command group."""

from .entry_point import main

__all__ = ["main"]
