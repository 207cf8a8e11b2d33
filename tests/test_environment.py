"""What the library sets of its environment, in a process of its own: it has to stand before NumPy is loaded."""

from __future__ import annotations

import os
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


def test_what_the_host_has_set_stays() -> None:
    assert run(f"import nlpcore.words; {ASKED}", OMP_WAIT_POLICY="active")[0] == "active 4"


def test_it_is_said_once_where_it_comes_too_late() -> None:
    printed, said = run(f"import numpy; import nlpcore; import nlpcore.words; {ASKED}")
    assert printed == "passive 4"
    assert said.count("numpy was imported before nlpcore") == 1 and "OMP_WAIT_POLICY=passive" in said
    assert run("import numpy, nlpcore", OMP_WAIT_POLICY="passive", OPENBLAS_THREAD_TIMEOUT="4")[1] == ""


def test_the_app_does_it_too() -> None:
    assert run(f"import app; {ASKED}") == ("passive 4", "")
