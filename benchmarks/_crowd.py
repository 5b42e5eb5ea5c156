"""`python -m benchmarks._crowd ADDRESS VISITORS SECONDS QUERY`: a class in front of the app; prints what each got."""

import asyncio
import json
import sys
from dataclasses import asdict

from benchmarks._visitor import Visitor

EVERY = 10.0  # seconds between two clicks of one person
APART = 0.2  # seconds between two that arrive
SETTLING = 5.0  # seconds before anything counts


async def watch(address: str, visitors: int, seconds: float, query: str) -> list[Visitor]:
    """All visitors, after each had its page open, its run trained and its pictures sent for so long."""
    crowd = [Visitor(address, query) for _ in range(visitors)]
    for visitor in crowd:
        await visitor.arrive()
        await asyncio.sleep(APART)
    await asyncio.sleep(SETTLING)
    await asyncio.gather(
        *(visitor.stay(seconds, EVERY * place / visitors, EVERY) for place, visitor in enumerate(crowd))
    )
    for visitor in crowd:
        await visitor.leave()
    return crowd


if __name__ == "__main__":
    address, visitors, seconds, query = sys.argv[1:]
    found = asyncio.run(watch(address, int(visitors), float(seconds), query))
    print(json.dumps([asdict(visitor) for visitor in found]))
