"""What the library sets of its environment, in a process of its own: it has to stand before NumPy is loaded."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ASKED = 'import os; print(os.environ["OMP_WAIT_POLICY"], os.environ["OPENBLAS_THREAD_TIMEOUT"])'


def run(code: str, **settings: str) -> tuple[str, str]:
    names = ("OMP_WAIT_POLICY", "OPENBLAS_THREAD_TIMEOUT")
    clean = {name: value for name, value in os.environ.items() if name not in names}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=clean | settings, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip(), done.stderr


def test_any_module_of_the_library_has_idle_threads_sleep() -> None:
    assert run(f"import nlpcore.attention; {ASKED}") == ("passive 4", "")
    assert run(f"import nlpcore, sys; assert 'numpy' not in sys.modules; {ASKED}") == ("passive 4", "")


def spins(code: str) -> tuple[set[int], str]:
    """Return how often waiting threads look again before they sleep, as each OpenMP says itself, and what is said."""
    said = run(code, OMP_DISPLAY_ENV="VERBOSE")[1]
    return {int(count) for count in re.findall(r"GOMP_SPINCOUNT = '(\d+)'", said)}, said


def test_no_thread_of_the_libraries_spins_while_it_waits() -> None:
    """torch and scikit-learn bring an OpenMP each. What it displays as OMP_WAIT_POLICY is PASSIVE whatever it does."""
    assert spins("import nlpcore, torch, sklearn.cluster")[0] == {0}
    late, said = spins("import torch, nlpcore")
    assert (
        max(late) > 1000
        and "numpy and torch were imported before nlpcore" in said
        and "torch.set_num_threads(1)" in said
    )


def test_what_the_host_has_set_stays() -> None:
    assert run(f"import nlpcore.words; {ASKED}", OMP_WAIT_POLICY="active")[0] == "active 4"


def test_it_is_said_once_where_it_comes_too_late() -> None:
    printed, said = run(f"import numpy; import nlpcore; import nlpcore.words; {ASKED}")
    assert printed == "passive 4"
    assert said.count("numpy was imported before nlpcore") == 1 and "OMP_WAIT_POLICY=passive" in said
    assert run("import numpy, nlpcore", OMP_WAIT_POLICY="passive", OPENBLAS_THREAD_TIMEOUT="4")[1] == ""


def test_the_app_does_it_too() -> None:
    assert run(f"import app; {ASKED}") == ("passive 4", "")
