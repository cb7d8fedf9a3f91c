"""The `charts` section: where Helm charts come from."""

from infra.section import ChartMirror, Section


class Charts(Section):
    mirror: ChartMirror | None = None
    """Where every chart is pulled from instead of its project's repository: `oci://registry.example.com/charts` has each chart
    below it by its name, `https://charts.example.com` is a classic repository with all of them."""
