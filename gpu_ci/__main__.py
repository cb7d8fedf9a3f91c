"""`python -m gpu_ci COMMAND`: what the workflows call. What they say stands in the environment, as GitHub's actions have it."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from gpu_ci import notebooks, report, run
from gpu_ci import start as starting
from gpu_ci.comment import Run
from gpu_ci.github import GitHub, GitHubError

USAGE = "python -m gpu_ci start | check | run | report"


def main(arguments: list[str], env: Mapping[str, str] = os.environ) -> int:
    commands = {"start": _start, "check": _check, "run": _run, "report": _report}
    if len(arguments) != 1 or arguments[0] not in commands:
        print(USAGE, file=sys.stderr)
        return 2
    try:
        return commands[arguments[0]](env)
    except KeyError as error:
        print(f"{error.args[0]} is not set: the workflow must say it", file=sys.stderr)
        return 2
    except (GitHubError, notebooks.NotebookError) as error:
        print(f"::error::{error}".replace("\n", " "), file=sys.stderr)
        return 1


def _start(env: Mapping[str, str]) -> int:
    event = json.loads(Path(env["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))
    settings = starting.Settings(workflow=env["WORKFLOW"], patterns=_patterns(env), attempt=int(env["GITHUB_RUN_ATTEMPT"]))
    outcome = starting.start(GitHub.of_environment(env), event, settings)
    print("The comment is no command." if outcome is None else outcome.message)
    return 0 if outcome is None or outcome.started else 1


def _check(env: Mapping[str, str]) -> int:
    """What is run, asked for anew: the inputs of a run may be anybody's who may start one."""
    found = starting.still_proposed(GitHub.of_environment(env), int(env["PULL_REQUEST"]), env["SHA"], _patterns(env))
    with Path(env["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as output:
        output.write(f"notebooks={json.dumps(found)}\n")
    print("\n".join(found))
    return 0


def _run(env: Mapping[str, str]) -> int:
    result = run.run(env["NOTEBOOK"], Path(env["SOURCE"]), Path(env["INTO"]), int(env["MINUTES"]))
    print(f"{result.notebook}: {result.verdict} after {result.seconds} s {result.error}")
    return 0 if result.verdict == "passed" else 1


def _report(env: Mapping[str, str]) -> int:
    github = GitHub.of_environment(env)
    run_id = int(env["GITHUB_RUN_ID"])
    price = env.get("USD_PER_HOUR", "")
    about = Run(
        sha=env["SHA"],
        address=f"{env['GITHUB_SERVER_URL']}/{env['GITHUB_REPOSITORY']}/actions/runs/{run_id}",
        queue_seconds=report.queue_seconds(github, run_id, env["JOB"]),
        usd_per_hour=float(price) if price else None,
    )
    expected = [str(each) for each in json.loads(env["NOTEBOOKS"] or "[]")]
    good = report.report(github, int(env["PULL_REQUEST"]), about, expected, Path(env["RESULTS"]))
    return 0 if good else 1


def _patterns(env: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(env["NOTEBOOKS_WATCHED"].split())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
