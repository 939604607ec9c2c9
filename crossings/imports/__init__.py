"""Data in: the shipped seeds and editors' files."""
