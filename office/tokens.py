"""Tokens that open something: they are random and long, and only their hash is kept."""

from hashlib import sha256


def hashed(token: str) -> str:
    """Give what is stored of a token; plain SHA-256 is enough where nobody can guess."""
    return sha256(token.encode()).hexdigest()
