"""Templates, components and static files that every page uses."""
