"""Lenses on attention: where heads look, what they read and write, and what changes without them."""
