"""Real controllers beside the test control plane: what they bring into the cluster, and how they are started on loopback."""
