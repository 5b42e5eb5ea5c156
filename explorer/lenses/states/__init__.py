"""Lenses on recurrent networks: their states and gates, what units stand for, and how far back they reach."""
