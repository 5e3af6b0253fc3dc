"""A sample news site, served on loopback, and what filterproxy makes of it."""
