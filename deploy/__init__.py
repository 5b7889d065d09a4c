"""How it is really run."""
