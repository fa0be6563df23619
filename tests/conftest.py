"""For all tests: signals, how Hypothesis tries its examples, and threads of a matrix product."""

import os
import signal

from hypothesis import settings

# Each test process has a core of its own: the second thread of a matrix product would only wait.
# OpenBLAS reads it when numpy is imported, which is later.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")

# Started with `nohup`, or behind a script's `&`, we were told to ignore these: whom we start must
# not inherit that, as what they do with a signal is tested.
for _name, _usual in (("SIGINT", signal.default_int_handler), ("SIGHUP", signal.SIG_DFL)):
    _number = getattr(signal, _name, None)
    if _number is not None and signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, _usual)
