"""The HTTP interface: a thin skin over the store. ``routes`` lists all of it."""
