"""A real Kubernetes control plane on this machine, without containers: for tests, and to play with."""
