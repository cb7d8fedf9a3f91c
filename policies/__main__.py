"""The policy pack, as the engine starts it: `pulumi preview --policy-pack policies`."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# The modules of the pack are reached as `policies.*` alone: by themselves they could hide others of the same name.
sys.path[:] = [str(HERE.parent), *(entry for entry in sys.path if Path(entry or ".").resolve() != HERE)]

from policies.server import serve  # noqa: E402

serve()
