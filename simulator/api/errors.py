"""Oracle's way of saying no: a status, a code and a sentence."""

import re

_SAID = re.compile(r"(?P<status>[45]\d\d)-(?P<code>\w+), (?P<message>.*)", re.DOTALL)


class ApiError(Exception):
    """What a request is answered with in place of what it asked for."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def invalid(message: str) -> ApiError:
    return ApiError(400, "InvalidParameter", message)


def absent(what: str, ident: object) -> ApiError:
    return ApiError(404, "NotAuthorizedOrNotFound", f"Authorization failed or requested resource not found: {what} {ident}")


def not_simulated(message: str) -> ApiError:
    return ApiError(501, "NotImplemented", message)


def of_text(text: str) -> ApiError:
    """What the provider's rules say, `409-Conflict, ...`, as the API does."""
    said = _SAID.fullmatch(text)
    return ApiError(int(said["status"]), said["code"], said["message"]) if said else ApiError(500, "InternalServerError", text)
