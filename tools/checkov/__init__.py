"""What checkov says of the bad stacks that the policies are tested on: `python -m tools.checkov`."""
