"""What a lens sees: named arrays with named axes. Nothing here needs torch."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Array:
    """Numbers with named axes."""

    values: np.ndarray
    axes: tuple[str, ...]
    is_coarse: bool = False  # drawn as colours only, so that 256 levels are enough on the way to a canvas

    def __post_init__(self) -> None:
        assert self.values.ndim == len(self.axes), (self.values.shape, self.axes)


Picture = dict[str, Array]
