"""The server functions: each is one request of the specification, with its own types."""
