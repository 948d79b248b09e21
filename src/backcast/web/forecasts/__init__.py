"""Runs and their results; the bridge from the database to a planbook."""
