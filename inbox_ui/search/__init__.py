"""Searching what the analyst may read (docs/casework.md): in memory, kept between sessions sealed."""
