"""Desk phones, pure: the files that set up a Yealink or a Fanvil by itself."""
