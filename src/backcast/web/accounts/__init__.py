"""Users, roles and grants, sign-in and tokens."""
