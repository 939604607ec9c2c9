"""What machines read: the map's own data and the downloads."""
