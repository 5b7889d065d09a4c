"""The server, and the client library for its HTTP interface."""
