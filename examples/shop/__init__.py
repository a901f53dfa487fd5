"""A tea shop: one domain, written once (``functions.py``), served by FastAPI and by Django."""
