"""What a stack file may say of the Prometheus Operator's definitions."""

from components.framework.section import AddOnSection


class PrometheusOperatorCrds(AddOnSection):
    pass
