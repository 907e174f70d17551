"""Conversations on disk: one SQLite file, one writer thread, nothing overwritten."""
