"""Pages of the project library, by subject."""
