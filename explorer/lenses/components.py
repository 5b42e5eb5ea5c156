"""Principal components: the directions in which a cloud of points spreads most."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Components:
    """Orthogonal directions of falling spread, and the share of the variance along each."""

    mean: Tensor  # (features,)
    directions: Tensor  # (components, features)
    shares: Tensor  # (components,)

    def project(self, points: Tensor) -> Tensor:
        """Coordinates along the directions: (..., features) -> (..., components)."""
        return (points - self.mean) @ self.directions.T


def principal_components(points: Tensor, count: int) -> Components:
    """The first components of (N, features); fewer where there are fewer. Their largest entry is positive."""
    mean = points.mean(0)
    finite = (points - mean).cpu().double().nan_to_num(posinf=0.0, neginf=0.0)  # a diverged network has no directions
    _, sizes, directions = torch.linalg.svd(finite, full_matrices=False)
    directions = directions[:count]
    largest = directions.gather(1, directions.abs().argmax(1, keepdim=True))
    variance = sizes.square()
    shares = variance[:count] / variance.sum().clamp(min=1e-300)
    directions = directions * torch.where(largest < 0, -1.0, 1.0)
    return Components(mean, directions.to(points), shares.to(points))
