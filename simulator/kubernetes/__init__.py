"""The simulated Kubernetes API, as the kubernetes provider sees it."""
