"""The Pulumi engine's Go module, and how its binary is found or built."""
