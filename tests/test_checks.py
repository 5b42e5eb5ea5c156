"""Style and types are checked like everything else."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CHECKS = {"style": ["ruff", "check"], "format": ["ruff", "format", "--check"], "types": ["mypy"]}


@pytest.mark.parametrize("check", CHECKS)
def test_the_code_passes(check: str):
    done = subprocess.run([sys.executable, "-m", *CHECKS[check]], cwd=ROOT, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
