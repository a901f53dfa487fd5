"""From server functions to the plain data that engines take: shapes, graph specification, interface document."""
