"""What a command found goes to standard output, or to the file that an option names."""

from pathlib import Path

from platformctl.errors import WrongInput
from platformctl.reporting import Answer, put, say


def write(text: str, output: Path | None, option: str = "--output") -> None:
    """Raises WrongInput when the file cannot be written."""
    if output is None:
        put(text)
        return
    Answer.given = True
    try:
        output.write_text(text if text.endswith("\n") else f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise WrongInput(f"{option} {output}: cannot be written ({error.strerror}).") from None
    say(f"wrote {output}")
