"""How the pack words what it says of a sum as it grows, for those who read it: which resource it is said of hangs on the engine's order.

The engine hands a violation on as text and has no room for more, so the form has one home.
"""

_BEGINS = "with this resource "
_ENDS = "together "


def growing(message: str) -> str:
    """What is said of a sum while its resources come one by one."""
    return f"{_BEGINS}{message}"


def is_growing(message: str) -> bool:
    return message.startswith(_BEGINS)


def whole(message: str) -> str:
    """What is said of a sum once all its resources are known."""
    return f"{_ENDS}{message}"


def is_whole(message: str) -> bool:
    return message.startswith(_ENDS)
