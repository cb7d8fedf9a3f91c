"""Links between pages and paths in them lead somewhere, and from the README to every page."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "simulator/README.md"])


def links(page: Path) -> list[tuple[Path, str]]:
    """Files that the page leads to, and the heading in each, empty for the whole of it. Code is no text."""
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(), flags=re.DOTALL)
    found = re.findall(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)", text)
    return [((page.parent / target).resolve() if target else page, heading) for target, heading in found]


def headings(page: Path) -> set[str]:
    """As addresses name them: lower case, dashes for spaces, no other marks."""
    titles = re.findall(r"^#+ +(.*)$", page.read_text(), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target, heading in links(page):
        assert target.exists(), f"{target.relative_to(ROOT)} is not there"
        assert not heading or heading in headings(target), f"{target.relative_to(ROOT)} has no heading #{heading}"


TOP = {path.name for path in ROOT.iterdir() if path.is_dir() and path.name not in ("build", "node_modules")} - {"dist"}


def paths(page: Path) -> list[str]:
    """Code spans that name a file or folder of this repository; those with a placeholder in them name none."""
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL))
    return [span for span in spans if re.fullmatch(r"[\w.-]+/[\w./-]*", span) and span.partition("/")[0] in TOP]


@pytest.mark.parametrize("page", [*PAGES, *(ROOT / "components").rglob("README.md")], ids=lambda page: str(page.relative_to(ROOT)))
def test_paths_in_code_spans_exist(page: Path) -> None:
    assert [path for path in paths(page) if not (ROOT / path).exists()] == []


def test_the_readme_leads_to_every_page() -> None:
    reached, left = set(), [ROOT / "README.md"]
    while left:
        page = left.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        left += [target for target, _ in links(page)]
        # A link to a folder is one to all that is in it.
        left += [inside for target, _ in links(page) if target.is_dir() for inside in target.glob("*.md")]
    assert {str(page.relative_to(ROOT)) for page in set(PAGES) - reached} == set()


def test_the_readme_names_every_page_that_is_not_a_folders() -> None:
    named = {target for target, _ in links(ROOT / "README.md")}
    assert {page.name for page in (ROOT / "docs").glob("*.md") if page not in named} == set()
