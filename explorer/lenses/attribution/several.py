"""A module with several inputs as one with a single row, so that every method sees, and shares out among, all of them.

The row holds the numbers of all inputs one behind the other, and of tokens the rows of their embeddings.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
import torch
from torch import Tensor, nn

from explorer.errors import DataError, EngineError
from explorer.lenses.attribution.subject import Given

INNER = "network"  # the name of the module itself inside


@dataclass(frozen=True)
class Slot:
    """Where in the row an input stands, for one example."""

    shape: tuple[int, ...]  # of its numbers; of tokens with their features behind
    table: str | None = None  # the embedding that reads it, where it holds tokens

    @property
    def size(self) -> int:
        """Numbers of the row that it takes."""
        return prod(self.shape)

    @property
    def parts(self) -> int:
        """Parts that are taken away as one: its numbers, or its tokens."""
        return self.size if self.table is None else prod(self.shape[:-1])


class Several(nn.Module):
    """A module that reads several inputs, as one that reads a single row. It takes the module's embeddings out."""

    def __init__(self, network: nn.Module, slots: Sequence[Slot]):
        super().__init__()
        self.network, self.slots = network, tuple(slots)
        self._tables: dict[int, nn.Embedding] = {}  # by the number of the input that each reads
        for number, slot in enumerate(self.slots):
            if slot.table is not None:
                parent, _, child = slot.table.rpartition(".")
                table = network.get_submodule(slot.table)
                assert isinstance(table, nn.Embedding)
                self._tables[number] = table
                setattr(network.get_submodule(parent), child, Given())

    def enter(self, inputs: Sequence[Tensor]) -> Tensor:
        """The row of each example: (B, row)."""
        with torch.no_grad():
            values = [self._tables[i](each) if i in self._tables else each for i, each in enumerate(inputs)]
        return torch.cat([each.flatten(1) for each in values], 1)

    def usual(self, row: Tensor) -> Tensor:
        """A row that says nothing: the mean of all tokens, and zeros in place of numbers."""
        tables = [self._tables.get(i) for i in range(len(self.slots))]
        pieces = [
            row.new_zeros(slot.size) if table is None else table.weight.detach().mean(0).repeat(slot.parts)
            for table, slot in zip(tables, self.slots, strict=True)
        ]
        return torch.cat(pieces)[None]

    def forward(self, row: Tensor) -> Tensor:
        given = []
        for values, slot in zip(row.split([slot.size for slot in self.slots], 1), self.slots, strict=True):
            part = values.reshape(-1, *slot.shape)
            if slot.table is not None:
                stand_in = self.network.get_submodule(slot.table)
                assert isinstance(stand_in, Given)
                stand_in.value, stand_in.times = part, 0
                part = torch.zeros(part.shape[:-1], dtype=torch.long, device=part.device)
            given.append(part)
        answer: Tensor = self.network(*given)
        return answer

    def parts(self) -> Tensor:
        """Which entries of the row are scored as one: numbers from 0, (row,)."""
        sizes = [slot.size // slot.parts for slot in self.slots for _ in range(slot.parts)]
        return torch.repeat_interleave(torch.arange(len(sizes)), torch.tensor(sizes))

    def told(self, scores: np.ndarray) -> tuple[np.ndarray, ...]:
        """The scores of a row by input, in its shape; the features of a token are summed up."""
        pieces = np.split(scores, np.cumsum([slot.size for slot in self.slots])[:-1])
        shaped = [piece.reshape(slot.shape) for piece, slot in zip(pieces, self.slots, strict=True)]
        return tuple(each.sum(-1) if slot.table else each for each, slot in zip(shaped, self.slots, strict=True))


def slots_of(network: nn.Module, inputs: Sequence[Tensor]) -> list[Slot]:
    """How each input enters, found by one pass through the module."""
    if len({len(each) for each in inputs}) != 1:
        sizes = ", ".join(str(len(each)) for each in inputs)
        raise DataError(f"inputs: expected as many examples in each of several inputs, got {sizes}.")
    readings = _readings(network, inputs)
    slots = []
    for number, each in enumerate(inputs):
        if each.is_floating_point():
            slots.append(Slot(tuple(each.shape[1:])))
            continue
        readers = [name for name, tokens in readings if tokens is each]
        if len(readers) != 1 or sum(name == readers[0] for name, _ in readings) != 1:
            raise EngineError(
                f"inputs: expected one embedding that reads the tokens of input {number + 1}, and nothing else, got "
                f"{', '.join(readers) or 'none'}; give numbers instead."
            )
        table = network.get_submodule(readers[0])
        assert isinstance(table, nn.Embedding)
        slots.append(Slot((*each.shape[1:], table.embedding_dim), readers[0]))
    return slots


def _readings(network: nn.Module, inputs: Sequence[Tensor]) -> list[tuple[str, Tensor]]:
    """Which embedding read which tensor, in the order of a pass."""
    found: list[tuple[str, Tensor]] = []
    handles = [
        module.register_forward_pre_hook(lambda _, given, name=name: found.append((name, given[0])))
        for name, module in network.named_modules()
        if isinstance(module, nn.Embedding) and name
    ]
    try:
        with torch.no_grad():
            network(*inputs)
    except Exception as error:
        raise DataError(f"inputs: expected inputs that the module takes, got an error from it ({error}).") from error
    finally:
        for handle in handles:
            handle.remove()
    return found
