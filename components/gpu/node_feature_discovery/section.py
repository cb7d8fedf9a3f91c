"""What a stack file may say of Node Feature Discovery."""

from components.framework.section import AddOnSection


class NodeFeatureDiscovery(AddOnSection):
    pass
