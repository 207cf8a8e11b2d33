"""Files of gensim's own tests, which its package carries: the Google analogies, WordSim-353 and SimLex-999."""

from __future__ import annotations

from pathlib import Path

from nlpcore.errors import LearnerError


def gensim_file(name: str, missing: str) -> Path:
    """Return the path of a file of gensim's tests. Raises LearnerError ``missing`` where it was installed without them."""
    from importlib.util import find_spec

    spec = find_spec("gensim")
    path = Path(spec.origin or "").parent / "test" / "test_data" / name if spec else Path()
    if not path.is_file():
        raise LearnerError(missing)
    return path
