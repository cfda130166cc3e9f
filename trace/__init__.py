"""SIP as it was on the wire: a ring buffer of messages, the ladder of one call."""
