"""The command line: parse, call, show. One file per command group."""

from .app import main

__all__ = ["main"]
