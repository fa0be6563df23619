"""For all tests: how Hypothesis tries its examples, and how many threads a product takes."""

import os

from hypothesis import settings

# Each test process has a core of its own: the second thread of a matrix product would only wait.
# OpenBLAS reads it when numpy is imported, which is later.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")
