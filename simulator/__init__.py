"""A simulated Oracle Cloud and Kubernetes: provider plugins that the real Pulumi engine runs against. See README.md."""

PROVIDERS = ("oci", "kubernetes", "random")
