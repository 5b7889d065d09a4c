"""The processes of a running server: one supervisor, and the workers it forks."""
