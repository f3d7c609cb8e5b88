"""Servers that speak the OpenAI protocol: one client for all of them, and a look at who runs on this machine.

`OpenAIBackend` and `OpenAIClient` are taken from their modules, for the
OpenAI library behind them takes half a second to load.
"""

from .discovery import DiscoveredServer, discover

__all__ = ["DiscoveredServer", "discover"]
