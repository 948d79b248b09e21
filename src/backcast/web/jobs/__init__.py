"""Background work, with progress."""
