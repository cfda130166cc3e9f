"""The world beyond: guarded HTTP, signed webhooks and their outbox."""
