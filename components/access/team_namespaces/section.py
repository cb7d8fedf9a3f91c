"""What a stack file may say of the teams' namespaces beside the teams themselves."""

from components.framework.section import AddOnSection


class TeamNamespaces(AddOnSection):
    pass
