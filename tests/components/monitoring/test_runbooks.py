"""Whoever is woken by an alert finds a page that says what it means, where to look and what to do."""

import re
from pathlib import Path

import pytest

from components.framework.signals import Alert, Signals
from tests.components.monitoring.everything import groups, signals

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "docs" / "runbooks"


def alerts() -> dict[str, Alert]:
    return {alert.name: alert for group in groups() for alert in group.alerts}


def test_every_alert_has_a_page_and_every_page_an_alert() -> None:
    assert {page.stem for page in FOLDER.glob("*.md")} == set(alerts())


@pytest.mark.parametrize(("owner", "said"), signals().items(), ids=list(signals()))
def test_a_page_lies_with_the_add_on_whose_alert_it_is_of(owner: str, said: Signals) -> None:
    pages = {page.stem for page in (ROOT / owner / "runbooks").glob("*.md")}
    assert pages == {alert.name for group in said.groups for alert in group.alerts}


@pytest.mark.parametrize("page", sorted(FOLDER.glob("*.md")), ids=lambda page: page.stem)
def test_a_page_says_what_it_means_where_to_look_and_what_to_do(page: Path) -> None:
    text = page.read_text()
    assert text.startswith(f"# {page.stem}\n\n")
    meaning, *sections = re.split(r"^## ", text, flags=re.MULTILINE)
    assert len(meaning.split()) > 10
    assert [section.partition("\n")[0] for section in sections] == ["Look", "Do"]
    assert all(len(section.split()) > 10 for section in sections)


@pytest.mark.parametrize("page", sorted(FOLDER.glob("*.md")), ids=lambda page: page.stem)
def test_pages_lead_to_pages_that_are_there(page: Path) -> None:
    for link in re.findall(r"\]\((?!https?:)([^)]+)\)", page.read_text()):
        assert (FOLDER / link).is_file(), link


@pytest.mark.parametrize("runbooks", ["https://git.example.org/gpu/docs/runbooks", "https://git.example.org/gpu/docs/runbooks/"])
def test_an_alert_leads_to_its_page(runbooks: str) -> None:
    for name, alert in alerts().items():
        assert alert.rule(runbooks)["annotations"]["runbook_url"] == f"https://git.example.org/gpu/docs/runbooks/{name}.md"


def test_without_an_address_an_alert_leads_nowhere() -> None:
    for alert in alerts().values():
        assert set(alert.rule(None)["annotations"]) == {"summary"}
