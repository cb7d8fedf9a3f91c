"""The random provider, without the randomness."""
