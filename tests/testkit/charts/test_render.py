"""A release is rendered as Helm would send it, and its documents are read as Kubernetes reads them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from testkit.charts.documents import documents
from testkit.charts.render import RenderError, is_hook, render

Fake = Callable[[str, str], Path]


def helm_that(fake: Fake, script: str) -> Path:
    """A program that keeps what it was asked, and does as the script says with `$into`, the folder to unpack into."""
    program = fake("mine/helm", "")
    told = program.parent / "told"
    program.write_text(f'#!/bin/sh\necho "$@" >> {told}\nfor word in "$@"; do into=$word; done\n{script}\n')
    return program


def told(helm: Path) -> str:
    return (helm.parent / "told").read_text()


def test_a_release_is_rendered_with_its_own_values(fake: Fake, tmp_path: Path) -> None:
    helm = helm_that(fake, 'while [ "$1" != --values ]; do shift; done; echo "kind: ConfigMap"; echo "data: {values: \'$(cat $2)\'}"')
    release = {"name": "engine", "namespace": "garage", "values": {"replicas": 2}, "skipCrds": True}
    (document,) = render(helm, tmp_path, release, "v1.34.2", ["example.org/v1"])
    assert json.loads(document["data"]["values"]) == {"replicas": 2}
    assert told(helm).startswith(f"template engine {tmp_path} --namespace garage --values ")
    assert told(helm).endswith(" --kube-version v1.34.2 --skip-crds --api-versions=example.org/v1\n")
    render(helm, tmp_path, {"name": "engine", "namespace": "garage"}, "v1.34.2")
    assert told(helm).endswith(" --kube-version v1.34.2 --include-crds\n")


def test_what_helm_refuses_is_said(fake: Fake, tmp_path: Path) -> None:
    helm = helm_that(fake, "echo 'Error: values do not meet the schema' >&2; exit 1")
    with pytest.raises(RenderError, match="values do not meet the schema"):
        render(helm, tmp_path, {"name": "engine", "namespace": "garage"}, "v1.34.2")


def test_hooks_are_told_from_objects() -> None:
    assert is_hook({"metadata": {"annotations": {"helm.sh/hook": "pre-install"}}})
    assert not is_hook({"metadata": {"annotations": None}})
    assert not is_hook({"metadata": {}})


def test_documents_are_read_as_kubernetes_reads_them() -> None:
    text = yaml.safe_dump({"enum": ["!="]}).replace("'!='", "=")
    assert documents(f"---\n# nothing\n---\n{text}") == [{"enum": ["="]}]
