"""First boots that a stack file brings: run before the node joins, told apart by cloud-init, and seen when they fail."""

import os
import re
import subprocess
from base64 import b64decode
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from infra.oke.pools import cloud_init, user_data
from infra.oke.pools.cloud_init import FirstBoot
from infra.oke.pools.kubelet_args import ALLOWED, DECIDED
from infra.oke.pools.kubelet_args import problems as kubelet_problems
from infra.oke.pools.user_data import MOST_BYTES

SCRIPT = "#!/bin/bash\necho hi\n"
CONFIG = "#cloud-config\nwrite_files:\n  - path: /etc/x\n    content: é\n"


def boot(*parts: str) -> FirstBoot:
    return FirstBoot(os="oracle-linux", kubernetes_version="v1.34.2", user_data=parts)


def problems(*parts: str) -> list[tuple[str, str]]:
    return list(user_data.problems(parts, cloud_init.script(boot(*parts))))


def test_without_parts_nothing_is_added() -> None:
    assert list(user_data.steps(())) == []
    assert b64decode(cloud_init.user_data(boot())).decode() == cloud_init.script(boot())


def test_a_script_runs_before_the_node_joins_and_stands_there_in_plain_text() -> None:
    text = b64decode(cloud_init.user_data(boot(SCRIPT))).decode()
    assert text.startswith("#!/bin/bash\n")
    assert text.index("echo hi") < text.index("# Join the cluster")
    assert text.rstrip().endswith("exec bash /var/run/oke-init.sh")


def test_cloud_config_goes_before_the_script_in_one_document() -> None:
    found: Any = message_from_bytes(b64decode(cloud_init.user_data(boot(CONFIG, SCRIPT))))
    parts = found.get_payload()
    assert [part.get_content_type() for part in parts] == ["text/cloud-config", "text/x-shellscript"]
    bodies = [part.get_payload(decode=True).decode() for part in parts]
    assert bodies[0].rstrip("\n") == CONFIG.rstrip("\n")
    assert bodies[1].rstrip("\n") == cloud_init.script(boot(CONFIG, SCRIPT)).rstrip("\n")


def run(tmp_path: Path, *parts: str, status: str = '"errors": [],') -> subprocess.CompletedProcess[str]:
    """The platform's steps, with their paths in a folder of the test's own, and a join that says so."""
    (tmp_path / "status.json").write_text(status)
    text = "\n".join(["set -uo pipefail", *user_data.steps(parts), "echo joined"])
    for path, own in {"/var/lib/oke-gpu-platform": "own", "/run/cloud-init/status.json": "status.json", "/dev/console": "console"}.items():
        text = text.replace(path, str(tmp_path / own))
    return subprocess.run(["bash"], input=text, text=True, capture_output=True, check=False, env={"PATH": os.environ["PATH"]})


def test_scripts_run_in_order_and_then_the_node_joins(tmp_path: Path) -> None:
    tricky = "#!/bin/bash\ncat <<'END-OF-USER-DATA'\n$HOME `x`\nEND-OF-USER-DATA\n"
    done = run(tmp_path, SCRIPT, tricky, "#!/bin/sh\necho third")
    assert (done.returncode, done.stdout) == (0, "hi\n$HOME `x`\nthird\njoined\n"), done.stderr


def test_a_script_that_fails_is_seen_and_keeps_its_node_out(tmp_path: Path) -> None:
    done = run(tmp_path, SCRIPT, "#!/bin/bash\nexit 3\n", "#!/bin/bash\necho never\n")
    assert (done.returncode, done.stdout) == (1, "hi\n")
    said = "userData: script 2 failed; this node does not join the cluster\n"
    assert (done.stderr.endswith(said), (tmp_path / "console").read_text()) == (True, said)


def test_cloud_config_that_fails_is_seen_and_keeps_its_node_out(tmp_path: Path) -> None:
    done = run(tmp_path, CONFIG, status='{\n "v1": {\n  "init": {\n   "errors": [\n    "no such disk"\n   ]\n  }\n }\n}')
    assert (done.returncode, done.stdout) == (1, "")
    assert "userData: cloud-config failed" in (tmp_path / "console").read_text()
    assert run(tmp_path, CONFIG, status='{\n "v1": {\n  "init": {\n   "errors": []\n  }\n }\n}').stdout == "joined\n"


@pytest.mark.parametrize(("parts", "place", "message"), [
    (("echo hi",), "", "begins with neither `#!/` (a script, like `#!/bin/bash`) nor `#cloud-config`"),
    ((SCRIPT, ""), ".1", "begins with neither"),
    (("#!bash\n",), "", "begins with neither"),
    (("#cloud-configs\n{}",), "", "begins with neither"),
    (("#include\nhttps://example.com/x",), "", "begins with neither"),
    (("#!/bin/bash\r\necho\r\n",), "", "has lines that end as on Windows"),
    (("#cloud-config\n: [",), "", "is not YAML: "),
    (("#cloud-config\n- a\n",), "", "is not a mapping of cloud-init's keys"),
    (("#cloud-config\n",), "", "is not a mapping of cloud-init's keys"),
    (("#cloud-config\n" + "[" * 5000,), "", "is not YAML: "),
    (("#cloud-config\nruncmd: [reboot]\n",), "", "the key 'runcmd' is not one that is done before the node joins, where"),
    (("#cloud-config\npackages: [jq]\n",), "", "the key 'packages' is not one that is done before the node joins"),
    (("#cloud-config\nwrite_file: []\n",), "", "the key 'write_file' is not one that is done before the node joins, "
     "where a failure is seen; did you mean write_files? Do it in a script"),
    (("#cloud-config\n1: x\n",), "", "the key 1 is not one"),
    ((f"{SCRIPT}# ==oke-gpu-platform==\n",), "", "contains ==oke-gpu-platform==, which parts are told apart by"),
    ((f"{SCRIPT}#{'x' * MOST_BYTES}\n",), "", "makes user data of "),
])  # fmt: skip
def test_a_part_that_no_node_could_use_is_refused(parts: tuple[str, ...], place: str, message: str) -> None:
    (found,) = problems(*parts)
    assert found[0] == place
    assert found[1].startswith(message)


def test_ordinary_parts_are_fine() -> None:
    assert problems(SCRIPT, CONFIG, "#!/usr/bin/env python3\nprint()\n") == []


@pytest.mark.parametrize(("given", "messages"), [
    ({"cpu-manager-policy": "static", "v": "4", "system-reserved": "cpu=500m,memory=1Gi"}, []),
    ({"max-pods": "50"}, [".max-pods: is what maxPodsPerNode decides; set that, and take this out"]),
    ({"--register-with-taints": "a=b:NoSchedule"}, [".--register-with-taints: is what taints decides; "]),
    ({"node-labels": "a=b"}, [".node-labels: is what labels decides; "]),
    ({"--v": "4"}, [".--v: is written without its dashes: v"]),
    ({"anonymous-auth": "true"}, [".anonymous-auth: is not an argument that a pool may set; "]),
    ({"cpu-manager-polcy": "static"}, [".cpu-manager-polcy: is not an argument that a pool may set; did you mean cpu-manager-policy? "]),
    ({"v": "4 --anonymous-auth=true"}, [".v: has the value '4 --anonymous-auth=true'; allowed: "]),
    ({"v": "$(id)"}, [".v: has the value '$(id)'; "]),
    ({"v": ""}, [".v: has the value ''; "]),
])  # fmt: skip
def test_arguments_of_the_kubelet_tune_and_open_nothing(given: dict[str, str], messages: list[str]) -> None:
    found = [f"{place}: {message}" for place, message in kubelet_problems(given)]
    assert len(found) == len(messages), found
    assert all(text.startswith(message) for text, message in zip(found, messages, strict=True)), found


def test_no_argument_is_allowed_and_decided_elsewhere() -> None:
    assert not ALLOWED & DECIDED.keys()
    assert all(re.fullmatch(r"[a-z][a-z-]*", name) for name in ALLOWED)
