"""Journals of older versions, each written by that version's own engine up to its death.

`python -m tests.stories.older COMMIT` lets a commit write one more into this folder.
"""
