"""Vectors that every implementation of the protocol runs; see README.md."""
