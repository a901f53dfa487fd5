"""The Django adapter of Mizan."""
