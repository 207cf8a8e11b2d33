"""The dashboard: lessons, charts, the frame around them. Their pages stand beside this package, in ``pages``."""

import os

# Threads that wait for work by spinning starve the other sessions: with sixty learners they took a quarter of all the
# processor's time. The libraries read these when they are first loaded, so they stand before anything imports NumPy.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")  # as a power of 2, in cycles of the processor
