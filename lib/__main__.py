"""`python -m lib`: the lab without a browser."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - older ones must read this, not a SyntaxError
    sys.exit(
        "Sampling Lab needs Python 3.11 or newer; this is "
        f"{sys.version_info[0]}.{sys.version_info[1]}. Install a newer one and try again."
    )

from lib.cli.app import main

if __name__ == "__main__":
    main()
