"""The protocol: its properties, and the attacks it has to stand."""
