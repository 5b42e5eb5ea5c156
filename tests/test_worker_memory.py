"""A worker keeps the memory of one look for the next."""

import platform
import subprocess
import sys

ROUNDS = """
import resource
import torch
from explorer.engine.memory import keep_memory

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def work():
    return [torch.ones(2_000_000) for _ in range(8)]  # 64 MB, freed at once

def asked_for():
    work()
    before = faults()
    for _ in range(4):
        work()
    return faults() - before

print(asked_for(), keep_memory(), asked_for())
"""


def test_memory_is_not_asked_for_again_where_the_c_library_can_keep_it() -> None:
    printed = subprocess.run([sys.executable, "-c", ROUNDS], capture_output=True, text=True, check=True).stdout
    before, can_keep, after = printed.split()
    assert (can_keep == "True") == (platform.libc_ver()[0] == "glibc")
    assert int(after) < int(before) / 10 if can_keep == "True" else int(after) > 0
