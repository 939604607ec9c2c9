"""The editing pages. Importing them registers their models."""

from . import accounts, audit, evidence, forces, places, reports, strikes

__all__ = ["accounts", "audit", "evidence", "forces", "places", "reports", "strikes"]
