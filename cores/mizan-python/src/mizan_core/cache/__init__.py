"""The origin cache without I/O. So far: the keys of its entries."""
