"""Changes the pack's comparisons one at a time, and sees whether a test notices: `python -m tools.mutation`."""
