"""From scores to a choice: temperature, top-k and top-p. Nothing here needs torch, so a page can move the sliders."""

import numpy as np


def shares(logits: np.ndarray, temperature: float = 1.0, top_k: int | None = None, top_p: float = 1.0) -> np.ndarray:
    """Probabilities out of (tokens,) logits; what falls outside top-k or top-p gets 0.

    top-k keeps the k likeliest (Fan et al. 2018); top-p the fewest that together reach p (Holtzman et al. 2020). At
    temperature 0 the likeliest alone remains.
    """
    logits = np.asarray(logits, np.float64)
    order = np.argsort(-logits, kind="stable")
    if temperature == 0:
        return np.eye(len(logits))[order[0]]
    scaled = (logits - logits.max()) / temperature
    found = np.exp(scaled) / np.exp(scaled).sum()
    if top_k is not None:
        found[order[top_k:]] = 0
        found /= found.sum()
    before = np.cumsum(found[order]) - found[order]  # of all that are likelier
    found[order[before >= top_p]] = 0
    return found / found.sum()
