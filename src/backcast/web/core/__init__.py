"""What every app stands on: who acts, in which role, and what may go wrong."""
