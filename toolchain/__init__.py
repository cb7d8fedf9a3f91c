"""What brings and builds the programs that this project needs. The lowest layer: the standard library, and nothing of the project."""
