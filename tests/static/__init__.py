"""The scripts that a browser gets, run by node and held against Python."""
