"""The ground-truth bench: tasks of which it is known what a right attribution is, and how each method fares on them."""

from explorer.truth.bench import run_bench

__all__ = ["run_bench"]
