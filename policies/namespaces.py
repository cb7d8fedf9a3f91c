"""Namespaces whose pods may reach into their node: drivers, exporters and log collectors live there, and nothing of a user."""

DRIVERS = ("gpu-operator", "kube-system", "network-operator", "node-feature-discovery", "monitoring", "oci-onm")
