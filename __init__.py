"""ayllu: agents that answer from your own documents, in your terminal, and learn from what you tell them."""

__version__ = "0.1.0"
