"""The dashboard: lessons, charts, the frame around them. Their pages stand beside this package, in ``pages``."""

import nlpcore  # noqa: F401 - before anything imports NumPy: it sets how idle threads of the numerical libraries wait
