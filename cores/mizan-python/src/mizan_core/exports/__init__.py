"""Documents about the registered functions beside the interface document: for people, for tools, for the edge.

``listing`` is a table, ``diagram`` a picture of what makes what stale, ``openapi`` a description for tools that know
OpenAPI, ``manifest`` what caches in front of the server may keep. ``documents`` has the commands of both adapters that
print, write or check one.
"""
