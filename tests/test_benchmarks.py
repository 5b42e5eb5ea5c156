"""The benchmarks measure; these tests hold that every module can be asked, and that its pure parts are right."""

import os
import re
import subprocess
import sys
from importlib import import_module

import pytest

from benchmarks import _processes
from benchmarks.__main__ import MODULES, TARGETS, judged, written
from benchmarks._visitor import RUN, TABS, Visitor


@pytest.mark.parametrize("module", MODULES)
def test_every_module_gives_figures(module: str):
    assert callable(import_module(f"benchmarks.{module}").figures)


def test_every_target_belongs_to_a_module():
    headings = {name.partition(":")[0].replace(" ", "_") for name in TARGETS}
    assert headings <= set(MODULES)


@pytest.mark.parametrize(
    ("name", "value", "words", "met"),
    [
        ("browser: timeline dragged, requests", 0, "at most 0", "yes"),
        ("browser: timeline dragged, requests", 1, "at most 0", "NO"),
        ("clients: pictures/s of the slowest", 5, "at least 5", "yes"),
        ("clients: pictures/s of the slowest", 4.9, "at least 5", "NO"),
        ("clients: people", 30, "", ""),
    ],
)
def test_a_value_is_held_against_its_target(name: str, value: float, words: str, met: str):
    assert judged(name, value) == (words, met)


@pytest.mark.parametrize(("value", "text"), [(0.12345, "0.123"), (99.94, "99.9"), (12_345.6, "12,346")])
def test_a_value_is_written_to_three_digits(value: float, text: str):
    assert written(value) == text


def test_a_process_and_those_it_started_are_found_and_weighed():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        family = _processes.family(os.getpid())
        assert family[0] == os.getpid()
        assert child.pid in family
        both, alone = _processes.shared_out_bytes([os.getpid(), child.pid]), _processes.shared_out_bytes([os.getpid()])
        assert both > alone > 0
        child.communicate(b"\n")
    assert child.pid not in _processes.family(os.getpid())


def test_the_processor_time_of_a_process_grows_as_it_works():
    before = _processes.cpu_seconds(os.getpid())
    while os.times().user + os.times().system < before + 0.1:
        sum(range(10_000))
    assert _processes.cpu_seconds(os.getpid()) > before


def test_a_visitor_reads_its_run_and_the_tabs_from_what_the_page_sends():
    sent = b'\x0a\x80{"run": "abc", "token": "xyz", "step": null}\x12$$ID-0f3a-panel\x1a'
    assert re.search(RUN, sent).groups() == (b"abc", b"xyz")
    assert re.search(TABS, sent).group() == b"$$ID-0f3a-panel"


def test_a_visitor_keeps_the_first_step_told_and_the_last():
    visitor = Visitor("127.0.0.1:1", "")
    for step in (3, 8, 21):
        visitor.told({"step": step})
    assert visitor.steps == [3, 21]
