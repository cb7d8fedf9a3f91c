"""GPU tests of pull requests: who may start them, on which commit and notebooks, and what is reported. Standard library only."""
