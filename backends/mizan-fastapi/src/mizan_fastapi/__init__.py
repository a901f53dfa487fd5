"""The FastAPI adapter of Mizan."""
