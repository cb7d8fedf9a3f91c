"""Blueprints: notebooks with what they need and may cost, said in a file, so that they can be priced, queued and run."""
