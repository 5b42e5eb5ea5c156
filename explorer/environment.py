"""What this machine is: the versions, device and threads that a run's numbers depend on."""

import os
import platform
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version

import torch

from explorer.training.devices import available, describe_device

PACKAGES = ("torch", "numpy", "scikit-learn", "streamlit", "plotly", "captum", "networkx", "pydantic", "safetensors")


def environment(device: torch.device | None = None) -> dict[str, object]:
    """Versions, device and threads, as plain JSON."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: _version(name) for name in PACKAGES},
        "device": str(device) if device else None,
        "device_name": describe_device(device) if device else None,
        "threads": torch.get_num_threads(),
    }


def doctor() -> dict[str, object]:
    """The environment, and whether it can do the work: one entry a check, each `ok` or a sentence."""
    return {
        **environment(),
        "executable": sys.executable,
        "cores": os.cpu_count(),
        "devices": available(),
        "checks": {name: check() for name, check in CHECKS.items()},
    }


@cache
def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _check_packages() -> str:
    missing = [name for name in PACKAGES if _version(name) is None]
    return "ok" if not missing else f"missing: {', '.join(missing)}; run pip install -r requirements.txt."


def _check_training() -> str:
    weight = torch.nn.Parameter(torch.ones(2))
    (weight * weight).sum().backward()
    return "ok" if weight.grad is not None and weight.grad.eq(2).all() else "gradients are wrong on this machine."


def _check_home() -> str:
    from explorer.limits import home

    folder = home()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return f"{folder}: cannot be written ({error.strerror}); set EXPLORER_HOME to another folder."
    return "ok" if os.access(folder, os.W_OK) else f"{folder}: cannot be written; set EXPLORER_HOME to another folder."


CHECKS = {"packages": _check_packages, "training": _check_training, "home": _check_home}
