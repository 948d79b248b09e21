"""The web application: one Django app per thing the office would name."""
