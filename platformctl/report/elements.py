"""HTML, element by element: every text is escaped where it enters."""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape


class Html(str):
    """Markup, which is not escaped again."""

    __slots__ = ()


def text(content: str) -> Html:
    return content if isinstance(content, Html) else Html(escape(content))


def element(tag: str, *content: str, **attributes: str) -> Html:
    """`class_` for class."""
    said = "".join(f' {name.rstrip("_")}="{escape(value)}"' for name, value in attributes.items())
    return Html(f"<{tag}{said}>{''.join(map(text, content))}</{tag}>")


def section(title: str, *content: str) -> Html:
    """A section that the page's list of contents leads to."""
    return element("section", element("h2", title), *content, id=anchor(title))


def anchor(title: str) -> str:
    return title.lower().replace(" ", "-")


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: int = 0, total: bool = False) -> Html:
    """A table that scrolls by itself where it is too wide; the last `numbers` columns stand to the right, the last row is a `total`."""
    first = len(headings) - numbers

    def cells(tag: str, entries: Sequence[str]) -> Html:
        return Html("".join(element(tag, entry, **({"class_": "number"} if at >= first else {})) for at, entry in enumerate(entries)))

    found = list(rows)
    body = [
        element("tr", cells("td", row), **({"class_": "total"} if total and at == len(found) - 1 else {})) for at, row in enumerate(found)
    ]
    inside = element("table", element("thead", element("tr", cells("th", headings))), element("tbody", *body))
    return element("div", inside, class_=f"wide {'numbers' if numbers else 'text'}", tabindex="0")


def picture(svg: str, words: str) -> Html:
    """A picture with a style of its own, which must not reach the page: so it is an image. It scrolls where it is too wide."""
    source = f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
    return element("div", Html(f'<img src="{source}" alt="{escape(words)}">'), class_="wide", tabindex="0")


def bar(share: float, *, always: float = 0.0) -> Html:
    """A share of a whole, 0 to 1, and the part of it that is always there."""
    full = f"width:{min(max(share, 0), 1) * 100:.1f}%"
    kept = f"width:{min(max(always, 0), 1) * 100:.1f}%"
    return element("span", element("span", "", class_="most", style=full), element("span", "", class_="always", style=kept), class_="bar")
