"""The narrow waist: table schemas, checks, assembly into engine inputs, and the run."""
