"""The interface document (protocol.md section 11): written from plain data, and read back."""
