"""Adblock lists: subscribed to, kept up to date, and compiled beside the rules."""
