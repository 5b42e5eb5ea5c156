"""Packing pictures into frames; the routes that send them to browsers."""
