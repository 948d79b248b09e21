"""Import and export of tables: apps register theirs."""
