"""What workers share: imported once before they are forked, so that no first step waits for it.

Nothing here computes: a backward pass starts threads, and a device touched before the fork is broken after it.
"""

import gc
import multiprocessing.spawn

import torch
import torch._dynamo  # imported by an optimizer's first step otherwise, for seconds

import explorer.engine.worker  # noqa: F401

# A worker never runs the program that started the engine: under a server of pages that would be a page.
for name in ("_fixup_main_from_name", "_fixup_main_from_path"):
    setattr(multiprocessing.spawn, name, lambda _: None)

torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))])
gc.collect()
gc.freeze()  # the collector leaves alone what is shared, and its pages stay shared
