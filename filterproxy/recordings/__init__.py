"""Recorded traffic: read, written, replayed, and measured."""
