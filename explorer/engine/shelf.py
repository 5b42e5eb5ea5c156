"""Loaded data shared by the runs of a worker."""

import json
import os
from collections import OrderedDict
from contextlib import suppress

from explorer.datasets.base import Data, Dataset, Split

SHELF_BYTES = 512 * 2**20


class Shelf:
    """Keeps the data used last, within so many bytes. Nobody changes what is on it."""

    def __init__(self, most_bytes: int = SHELF_BYTES):
        self.most_bytes = most_bytes
        self._kept: OrderedDict[str, Data] = OrderedDict()

    def load(self, dataset: Dataset, seed: int) -> Data:
        """The data of these settings, this seed and the files as they are now."""
        key = json.dumps(
            [dataset.kind, dataset.model_dump(mode="json"), seed, [_stamp(name) for name in dataset.files()]]
        )
        if key not in self._kept:
            self._kept[key] = dataset.load(seed)
        self._kept.move_to_end(key)
        while len(self._kept) > 1 and sum(map(size, self._kept.values())) > self.most_bytes:
            self._kept.popitem(last=False)
        return self._kept[key]


def size(data: Data) -> int:
    """Bytes of both splits."""
    return _split_bytes(data.train) + _split_bytes(data.test)


def _split_bytes(split: Split) -> int:
    return sum(part.nbytes for part in (*split.inputs, split.targets))


def _stamp(name: str) -> tuple[str, int, int]:
    with suppress(OSError):
        found = os.stat(name)
        return name, found.st_mtime_ns, found.st_size
    return name, 0, 0
