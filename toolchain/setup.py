"""Sets a checkout up: `python3 toolchain/setup.py {runtime,dev,blueprints,engine}`. Runs on any Python 3, to refuse an old one."""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the reason this file exists
    sys.exit(
        "This project needs Python 3.11 or newer; {} is {}.{}. Install a newer one, or name it: make PYTHON=python3.12 ...".format(
            sys.executable, *sys.version_info[:2]
        )
    )

# Run as a script, this folder comes first on the path, and its modules would hide others of the same name.
here = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
sys.path = [os.path.dirname(here), *(folder for folder in sys.path if folder != here)]  # noqa: PTH120

from toolchain.bootstrap import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
