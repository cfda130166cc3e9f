"""What breaks the product on purpose and counts what came of it: `python -m tests.chaos PART`."""
