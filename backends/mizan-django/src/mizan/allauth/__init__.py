"""django-allauth as server functions: ``INSTALLED_APPS = [..., "mizan", "mizan.allauth"]``.

Everything goes through the URLs of allauth's headless specification, version 1, inside the process.
"""
