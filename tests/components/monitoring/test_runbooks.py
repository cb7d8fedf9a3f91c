"""Whoever is woken by an alert finds a page that says what it means, where to look and what to do."""

import re
from pathlib import Path

import pytest
from components.monitoring.rule import Alert
from components.monitoring.rules import groups
from components.monitoring.settings import MonitoringSettings

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "runbooks"


def alerts(settings: MonitoringSettings) -> dict[str, Alert]:
    return {alert.name: alert for group in groups(settings) for alert in group.alerts}


def test_every_alert_has_a_page_and_every_page_an_alert(settings: MonitoringSettings) -> None:
    assert {page.stem for page in FOLDER.glob("*.md")} == set(alerts(settings))


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
def test_an_alert_leads_to_its_page(runbooks: str, settings: MonitoringSettings) -> None:
    for name, alert in alerts(settings).items():
        assert alert.rule(runbooks)["annotations"]["runbook_url"] == f"https://git.example.org/gpu/docs/runbooks/{name}.md"


def test_without_an_address_an_alert_leads_nowhere(settings: MonitoringSettings) -> None:
    for alert in alerts(settings).values():
        assert set(alert.rule(None)["annotations"]) == {"summary"}
