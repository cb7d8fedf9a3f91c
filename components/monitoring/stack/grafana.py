"""Grafana's values: who may log in, and where dashboards come from. It keeps no database: everything in it is code."""

import hashlib
from collections.abc import Iterable

from components.framework.values import Values
from components.monitoring.stack.section import GitHubLogin, Grafana
from infra.problems import Problem

ADMIN_SECRET = "grafana-admin"  # noqa: S105 - its name
GITHUB_SECRET = "grafana-github"  # noqa: S105 - its name
ADMIN = "admin"

DASHBOARD_LABEL = "grafana_dashboard"
FOLDER_ANNOTATION = "grafana_dashboard_folder"
FOLDER = "GPU platform"
DATA_SOURCE = "prometheus"


def problems(settings: Grafana) -> Iterable[Problem]:
    login = settings.github
    if login is None:
        return
    for key, teams in (("editorTeams", login.editor_teams), ("adminTeams", login.admin_teams)):
        for team in teams:
            owner = team.partition("/")[0]
            if owner not in login.organizations:
                fix = f"add {owner} to grafana.github.organizations"
                yield Problem(f"grafana.github.{key}", f"has {team}, whose members may not log in; {fix}, or take it out")


def values(settings: Grafana) -> Values:
    """The chart's `grafana` section."""
    login = settings.github
    return {
        "admin": {"existingSecret": ADMIN_SECRET, "userKey": "admin-user", "passwordKey": "admin-password"},
        "persistence": {"enabled": False},
        "initChownData": {"enabled": False},
        "testFramework": {"enabled": False},
        "deploymentStrategy": {"type": "Recreate"},
        "grafana.ini": {
            "server": {"root_url": settings.url},
            "analytics": {"reporting_enabled": False, "check_for_updates": False, "check_for_plugin_updates": False},
            "security": {"cookie_secure": settings.url.startswith("https://"), "disable_gravatar": True},
            "users": {"allow_sign_up": False},
            "auth.anonymous": {"enabled": False},
            **(_ini(login) if login else {}),
        },
        **(_secret(login) if login else {}),
        "sidecar": {
            "dashboards": {
                "enabled": True,
                "label": DASHBOARD_LABEL,
                "labelValue": "1",
                "searchNamespace": "ALL",
                "folderAnnotation": FOLDER_ANNOTATION,
                "provider": {"foldersFromFilesStructure": True, "allowUiUpdates": False},
            },
            "datasources": {"uid": DATA_SOURCE},
            # Of both its containers, for which the chart asks nothing. They hold every dashboard once more.
            "resources": {"requests": {"cpu": "10m", "memory": "96Mi"}, "limits": {"memory": "256Mi"}},
        },
        "resources": {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"memory": "1Gi"}},
    }


def _ini(login: GitHubLogin) -> Values:
    return {
        # The password stays for the sidecar's and for emergencies' calls of the API, not for people's browsers.
        "auth": {"disable_login_form": True},
        "auth.github": {
            "enabled": True,
            "client_id": login.client_id,
            "scopes": "user:email,read:org",
            "allow_sign_up": True,
            "allowed_organizations": " ".join(login.organizations),
            "role_attribute_path": role_path(login),
            "role_attribute_strict": True,
            "allow_assign_grafana_admin": False,
        },
    }


def role_path(login: GitHubLogin) -> str:
    """JMESPath from a person's teams to a role: the highest that any of them gives, and that of a viewer else."""
    teams = [(team, "Admin") for team in login.admin_teams] + [(team, "Editor") for team in login.editor_teams]
    return " || ".join([*(f"contains(groups[*], '@{team}') && '{role}'" for team, role in teams), "'Viewer'"])


def _secret(login: GitHubLogin) -> Values:
    """A changed secret must start Grafana anew, which reads it once: its fingerprint goes into the pod's annotations."""
    fingerprint = hashlib.sha256(login.client_secret.encode()).hexdigest()[:16]
    key = {"secretKeyRef": {"name": GITHUB_SECRET, "key": "client-secret"}}
    return {"envValueFrom": {"GF_AUTH_GITHUB_CLIENT_SECRET": key}, "podAnnotations": {"checksum/github": fingerprint}}
