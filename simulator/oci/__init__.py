"""The simulated Oracle Cloud Infrastructure."""
