"""How a lens that takes long tells how far it is. Nothing here needs torch."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Tell = Callable[[float, str], None]  # the share that is done, from 0 to 1, and a few words on what it is at


def tell_nobody(share: float, doing: str) -> None:
    """For a look that nobody follows."""


def counted(items: Sequence[Item], tell: Tell, what: str) -> Iterator[Item]:
    """The items one by one, each told before it is worked on, such as `snapshot 3 of 16`."""
    for place, item in enumerate(items):
        tell(place / len(items), f"{what} {place + 1} of {len(items)}")
        yield item
