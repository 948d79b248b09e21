"""Periods and returns: what projects report each month."""
