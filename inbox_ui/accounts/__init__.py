"""What the team accounts for: figures of its work, and what may leave of them."""
