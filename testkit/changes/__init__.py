"""What happens when one key of a stack file changes: every key of the schema, a change of it, and what the engine made of that."""
