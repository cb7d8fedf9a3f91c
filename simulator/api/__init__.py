"""Oracle's REST API over the simulated state, for the official SDKs."""
