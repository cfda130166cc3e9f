"""Files of an installation that several rooms know, below its folder of data."""

JOURNAL = "journal/journal.db"
"""Every fact."""
OUTBOX = "journal/outbox.db"
"""Webhooks that are still to be delivered, and what became of the others."""
TRACE = "trace/trace.db"
"""The ring buffer of SIP messages."""
