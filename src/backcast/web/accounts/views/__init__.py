"""Pages by subject: signing in, one's own account, users, grants."""
