"""The vocabulary: immutable and pure. Imports nothing of the project."""
