"""The editing pages, one module a room. Importing them registers their models."""

from . import evidence, forces, history, places, reports, strikes

__all__ = ["evidence", "forces", "history", "places", "reports", "strikes"]
