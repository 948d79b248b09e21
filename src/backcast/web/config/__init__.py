"""Settings, addresses and the root of the API."""
