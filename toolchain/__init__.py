"""What brings and builds the programs that this project needs. The ground floor: the standard library, and nothing of the project."""
