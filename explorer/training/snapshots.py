"""Which steps leave a snapshot: a bounded number, evenly spread, whatever the length of the run."""

from dataclasses import dataclass

from explorer.limits import limits

FIRST_STRIDE = 8  # steps; a longer run begins densely and thins itself, so that its start can be looked at
FEWEST = 8  # snapshots kept even of a large network


@dataclass
class SnapshotPolicy:
    """Keeps every `stride`-th step; when there are more than `most`, drops every second and doubles the stride."""

    most: int
    stride: int = 1
    count: int = 0

    @classmethod
    def for_run(cls, steps: int, weight_bytes: int) -> "SnapshotPolicy":
        """The policy for a run of this many steps whose weights take this many bytes."""
        bounds = limits()
        most = max(FEWEST, min(bounds.snapshots, bounds.snapshot_bytes // max(1, weight_bytes)))
        stride = 1
        while stride < FIRST_STRIDE and steps // stride >= most:
            stride *= 2
        return cls(most, stride)

    def keeps(self, step: int) -> bool:
        """Whether this step leaves a snapshot that stays."""
        return step % self.stride == 0

    def add(self) -> bool:
        """Count one snapshot; True when the older ones must now be thinned by `keeps`."""
        self.count += 1
        if self.count <= self.most:
            return False
        self.stride *= 2
        self.count = (self.count + 1) // 2
        return True
