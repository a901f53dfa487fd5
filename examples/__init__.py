"""Small applications to run and to copy from."""
