"""Searching what the analyst may read: in memory, kept between sessions sealed."""
