"""Timings at sizes that the shipped data do not have: `bin/bench`. docs/benchmarks.md is written by it."""
