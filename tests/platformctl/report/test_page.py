"""The report: whole, safe with any text, and readable at three widths on light and on dark."""

import re
import shutil
import subprocess
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from infra.pricing import BOOK, Estimate, Line
from infra.pricing.usage import Hours, Usage, scenarios
from platformctl.access.words import Line as Right
from platformctl.engine.events import Violation
from platformctl.engine.plan import Plan
from platformctl.overview import overview
from platformctl.report import Contents, page
from platformctl.report.contents import Cost
from platformctl.report.elements import anchor, element, table

HOSTILE = '<script>alert("1")</script>'
NODE_POOL = "oci:ContainerEngine/nodePool:NodePool"
BROWSER = next((found for name in ("chromium", "google-chrome", "chromium-browser") if (found := shutil.which(name))), None)


@pytest.fixture
def contents(resource: Callable[..., Any], plan: Callable[..., Plan]) -> Callable[..., Contents]:
    """A report of a network and two pools; `more` replaces parts of it."""

    def make(name: str = "pool-a10-ad1", **more: Any) -> Contents:
        pool = {
            "nodeShape": "VM.GPU.A10.1",
            "kubernetesVersion": "v1.34.2",
            "nodeConfigDetails": {"placementConfigs": [{"availabilityDomain": "Uocm:EU-FRANKFURT-1-AD-1"}]},
        }
        found = plan(
            resource("net", "oci:Core/vcn:Vcn", inputs={"cidrBlocks": ["10.0.0.0/16"]}),
            resource(name, NODE_POOL, inputs=pool),
            resource("pool-system", NODE_POOL, inputs=pool),
        )
        lines = (
            Line(name=name, kind="pool", detail="VM.GPU.A10.1", unit_hourly=Decimal(2), minimum=0, maximum=2),
            Line(name="pool-system", kind="pool", detail="VM.Standard.E5.Flex", unit_hourly=Decimal("0.1"), minimum=2, maximum=2),
        )
        estimate = Estimate(lines=lines, metered=(), book=BOOK)
        usage = Usage(hours=Hours(per_day=Decimal(8), days_per_week=Decimal(5)))
        cost = Cost(estimate=estimate, scenarios=scenarios(estimate, usage), usage=usage, cap=3500)
        rights = [
            Right(
                who="members (Group ocid1.group.oc1..example)", what="read secrets", where="in vision", why="takes over whoever they are of"
            )
        ]
        parts: dict[str, Any] = {"plan": found, "overview": overview(found, estimate), "cost": cost, "access": rights}
        parts |= {"schedule": None, "unseen": (), "queues": None}
        return Contents(**{**parts, **more})

    return make


def test_each_section_is_there_and_the_list_leads_to_it(contents: Callable[..., Contents]) -> None:
    shown = page(contents())
    titles = re.findall(r"<h2>(.*?)</h2>", shown)
    assert titles == ["Node pools", "What it is made of", "Map", "Cost", "Access"]
    assert re.findall(r'<a href="#(.*?)">', shown) == [*map(anchor, titles)]
    assert all(f'<section id="{anchor(title)}">' in shown for title in titles)
    for words in ("10.0.0.0/16", "$2,920", "8 h, 5 days", "takes over whoever they are of", "AD1"):
        assert words in shown


def test_it_needs_nothing_beside_it_and_runs_nothing(contents: Callable[..., Contents]) -> None:
    shown = page(contents())
    assert re.findall(r'(?:src|href)="(?!data:image/svg\+xml;base64,|#)', shown) == []
    assert "<script" not in shown
    assert "url(" not in shown
    assert page(contents()) == shown


def test_no_text_becomes_markup(contents: Callable[..., Contents]) -> None:
    rights = [Right(who=HOSTILE, what=HOSTILE, where=HOSTILE, why=HOSTILE)]
    shown = page(contents(HOSTILE, access=rights, unseen=(HOSTILE,)))
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown
    assert element("p", HOSTILE, title='"onload="') == (
        '<p title="&quot;onload=&quot;">&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;</p>'
    )
    assert "<td>&lt;b&gt;</td>" in table(("a",), [("<b>",)])


def test_what_is_refused_comes_first(contents: Callable[..., Contents]) -> None:
    made = contents()
    violation = Violation(
        policy="gpu-total",
        pack="pack",
        urn=made.plan.resources[2].urn,
        message="6 A10, but 2 are allowed",
        level="mandatory",
        severity="critical",
    )
    plan = Plan(stack="sample", resources=made.plan.resources, violations=(violation,), rules=())
    shown = page(contents(plan=plan, access=None))
    assert re.findall(r"<h2>(.*?)</h2>", shown)[0] == "Policies"
    assert '<p class="verdict bad"><strong>Refused: ' in shown
    assert "6 A10, but 2 are allowed" in shown


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 800, 1280])
def test_a_browser_shows_all_of_it_at_any_width(contents: Callable[..., Contents], tmp_path: Path, width: int, scheme: str) -> None:
    if BROWSER is None:
        pytest.skip("no browser: install chromium")
    file = tmp_path / "report.html"
    file.write_text(page(contents()).replace("</body>", f"<script>{MEASURE}</script></body>"))
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    options += ["--disable-component-update", "--disable-sync", f"--user-data-dir={tmp_path / 'profile'}", f"--window-size={width},900"]
    options += ["--blink-settings=preferredColorScheme=0"] if scheme == "dark" else []
    ran = subprocess.run([BROWSER, *options, "--dump-dom", file.as_uri()], capture_output=True, text=True, timeout=120, check=True)
    found = dict(re.findall(r'data-(\w+)="(.*?)"', re.search(r"<body[^>]*>", ran.stdout)[0]))  # type: ignore[index]
    assert found["wider"] == "", f"beyond the page: {found['wider']}"
    assert found["pictures"] == "1"
    dark = found["background"] == "rgb(13, 17, 23)"
    assert dark == (scheme == "dark"), found["background"]


MEASURE = """
const inside = document.documentElement.clientWidth;
const free = element => !element.closest('.wide') || element.classList.contains('wide');
const wider = [...document.body.querySelectorAll('*')].filter(free).filter(each => each.getBoundingClientRect().right > inside + 1);
document.body.dataset.wider = wider.map(each => each.tagName + '.' + each.className).join(' ');
document.body.dataset.pictures = [...document.images].filter(each => each.complete && each.naturalWidth > 100).length;
document.body.dataset.background = getComputedStyle(document.body).backgroundColor;
"""
