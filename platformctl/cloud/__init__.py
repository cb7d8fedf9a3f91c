"""The simulated cloud as a process of its own, that answers Oracle's REST API."""
