"""Where the runbooks are read is the stack file's to say, as an address that a browser opens."""

from pathlib import Path
from typing import Any

import pytest

from components.monitoring.stack.section import Monitoring
from stacks.config import StackFileError, parse
from stacks.config.load import document
from stacks.plan import PlatformPlan, plan

DEV = document(Path(__file__).resolve().parents[2] / "Pulumi.dev.yaml")


def planned(runbooks: str) -> PlatformPlan:
    stack: dict[str, Any] = {**DEV, "addons": {"monitoring": {"runbooks": runbooks}}}
    return plan(parse(stack))


def test_an_address_that_no_browser_opens_is_refused() -> None:
    with pytest.raises(StackFileError, match=r"addons\.monitoring\.runbooks: 'docs/runbooks' is not an address that begins with"):
        planned("docs/runbooks")


def test_an_address_reaches_the_alerts() -> None:
    settings = planned("https://git.example.org/docs/runbooks").addons.sections["monitoring"]
    assert isinstance(settings, Monitoring)
    assert settings.runbooks == "https://git.example.org/docs/runbooks"
