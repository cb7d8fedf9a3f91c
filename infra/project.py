"""The name of the project: the namespace of its keys in a stack file, and what its resources say made them."""

PROJECT = "oke-gpu-platform"
