"""Is everything well, and if not, what mends it."""
