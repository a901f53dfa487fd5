"""HTTP as a carrier of calls and fetches: bodies, queries, headers and status (protocol.md section 9)."""
