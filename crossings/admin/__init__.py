"""The editing pages. Importing them registers their models."""

from . import audit, evidence, forces, places, reports, strikes

__all__ = ["audit", "evidence", "forces", "places", "reports", "strikes"]
