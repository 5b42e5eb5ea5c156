"""What surrounds every call of Captum: a seed of its own, everything global put back, and errors as sentences."""

import random
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch

from explorer.errors import EngineError, ExplorerError


@contextmanager
def undisturbed(seed: int, method: str) -> Iterator[None]:
    """Gradients on, cuDNN off, chance from the seed; afterwards all of it is as before, whatever happened.

    cuDNN refuses the backward pass of a recurrent network in eval mode (captum issue 564).
    """
    python, numpy = random.getstate(), np.random.get_state()
    devices = list(range(torch.cuda.device_count())) if torch.cuda.is_initialized() else []
    try:
        with (
            torch.random.fork_rng(devices=devices),
            torch.backends.cudnn.flags(enabled=False),
            torch.inference_mode(False),
            torch.enable_grad(),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore")  # Captum announces each of its hooks
            random.seed(seed)
            np.random.seed(seed % 2**32)
            seed_torch(seed)
            yield
    except ExplorerError:
        raise
    except Exception as error:
        raise EngineError(sentence_of(error, method)) from error
    finally:
        random.setstate(python)
        np.random.set_state(numpy)


def seed_torch(seed: int) -> None:
    """Begin torch's chance anew, on devices that are in use.

    Without a GPU in use `torch.manual_seed` would note every call for the day when one is.
    """
    torch.default_generator.manual_seed(seed)
    if torch.cuda.is_initialized():
        torch.cuda.manual_seed_all(seed)


def sentence_of(error: Exception, method: str) -> str:
    """What a library said when it failed, as one sentence about the method."""
    said = " ".join(str(error).split()) or type(error).__name__
    said = said if len(said) <= 160 else f"{said[:159]}…"
    return f"{method}: expected scores for this network, got an error from its layers ({said}); try another method."
