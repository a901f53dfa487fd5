"""The native engine of Mizan."""
