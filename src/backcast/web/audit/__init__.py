"""Who changed what: an append-only chain of events."""
