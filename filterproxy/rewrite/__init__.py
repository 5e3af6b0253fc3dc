"""Bytes and a selection of rules in, bytes and removals out."""
