"""Live: functions over a socket, channels, and invalidation that is pushed. No framework here, and no socket."""
