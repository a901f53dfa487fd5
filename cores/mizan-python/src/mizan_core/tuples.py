"""Named tuples where each request makes one."""

tuple_of = tuple.__new__
"""``tuple_of(cls, members)``: an instance. The class itself asks for names and defaults, which takes twice as long."""
