"""The compiled form of registered functions: what requests look things up in."""
