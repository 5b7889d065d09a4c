"""What an operator does: status, backup, restore, purge. Nothing here serves a request."""
