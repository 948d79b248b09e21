"""The web application: one app per thing that the office would name."""
