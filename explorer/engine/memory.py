"""Memory that a worker keeps for its next work instead of giving it back and asking again."""

import ctypes

TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3  # as malloc.h of glibc names them
KEPT = 128 * 2**20  # bytes; what is free beyond them goes back to the system
LARGE = 32 * 2**20  # bytes, the most that glibc accepts; a tensor that is larger gets memory of its own


def keep_memory() -> bool:
    """Have the C library keep what tensors leave behind; whether it can, which only glibc's does.

    Without it a look that frees and takes tens of megabytes over and over has the system clear every page again, which
    took up to a tenth of its time.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # another C library, or another system
        return False
    return bool(mallopt(TRIM_THRESHOLD, KEPT)) and bool(mallopt(MMAP_THRESHOLD, LARGE))
