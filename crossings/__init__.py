"""Crossings: who held each border crossing on a given day, and who says so."""
