"""Lenses on activations: what layers and their units hold, what drives them, and what can be read from them."""
