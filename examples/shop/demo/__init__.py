"""A walk through the shop over HTTP: ``python -m examples.shop.demo``."""
