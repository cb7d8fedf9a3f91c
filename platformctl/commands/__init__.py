"""A module a command. Each is imported when its command is given, not before."""
