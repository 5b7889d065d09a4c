"""The protocol: pure functions and documents, bytes in and bytes out (docs/protocol.md).

Nothing here reads a clock, a file, a socket, the environment or a random source, and nothing here
logs: ``today`` and ``random_bytes`` are parameters. The one exception is named where it stands:
ML-KEM's encapsulation, whose library draws its own randomness (``primitives.kem_encapsulate``).
"""
