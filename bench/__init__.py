"""Benchmarks by name: `python -m bench NAME --json`. Each gives figures and the aims they reach."""
