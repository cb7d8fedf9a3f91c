"""How a control plane fails."""

from toolchain.process import SetupError


class ControlPlaneError(SetupError):
    """The control plane does not come up or does not end: why, and what to do."""
