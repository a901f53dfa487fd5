"""The shop in Django: a project and its one app in one package."""
