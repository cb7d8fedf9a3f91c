"""What the tests and the sandbox share, and the product does without."""
