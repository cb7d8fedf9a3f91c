"""What the policy pack costs: what it adds to a preview, and how it takes to ten times as many resources."""

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import grpc  # type: ignore[import-untyped]
from pulumi.runtime import proto
from pulumi.runtime.proto import analyzer_pb2_grpc

from infra.pricing.resources import UNKNOWN
from testkit import policy_cases
from tools.bench.measure import ROOT, Measured, pairs_of, preview_seconds

ADDED_LIMIT = 1.0
"""Seconds that the pack may add to a warm preview, its own start included."""
GROWTH_LIMIT = 1.3
"""How much dearer a resource may be among ten times as many."""
FEW, MANY = 1_000, 10_000


def added(stack: str, runs: int) -> Measured:
    """A warm preview with the policies, against one without."""
    pairs = pairs_of(lambda: preview_seconds(stack, ROOT), lambda: preview_seconds(stack, ROOT, "--no-policies"), runs)
    return Measured(
        what=f"preview {stack} with the policies",
        against="without",
        pairs=pairs,
        value=statistics.median(first - second for first, second in pairs),
        unit="s more",
        limit=ADDED_LIMIT,
    )


def growth(stack: str, runs: int) -> Measured:
    """Every rule over ten times as many resources, one by one and then as a stack: the price of one resource, against few."""
    del stack  # The resources are those that every rule has something to say of
    many, few = list(requests(MANY)), list(requests(FEW))
    pairs = pairs_of(lambda: judged(many), lambda: judged(few), runs)
    return Measured(
        what=f"{MANY:,} resources through the policies",
        against=f"{FEW:,}",
        pairs=pairs,
        value=statistics.median(first / MANY / (second / FEW) for first, second in pairs),
        unit="times each",
        limit=GROWTH_LIMIT,
    )


def requests(count: int) -> Iterator[Any]:
    """The compliant stack again and again, under other names."""
    entries = [entry for entry in policy_cases.entries() if entry["type"] != "pulumi:pulumi:Stack"]
    for number in range(count):
        entry = entries[number % len(entries)]
        name = f"{entry['name']}-{number}"
        request = proto.AnalyzeRequest(type=entry["type"], name=name, urn=f"urn:pulumi:bench::bench::{entry['type']}::{name}")
        request.properties.update(policy_cases.known(entry.get("inputs", {"unknown": UNKNOWN})))
        yield request


def judged(asked: list[Any]) -> float:
    """Seconds that a pack of its own takes for all of them, its start not counted."""
    with pack() as stub:
        began = time.perf_counter()
        for request in asked:
            stub.Analyze(request)
        stack = [proto.AnalyzerResource(type=item.type, name=item.name, urn=item.urn, properties=item.properties) for item in asked]
        stub.AnalyzeStack(proto.AnalyzeStackRequest(resources=stack))
        return time.perf_counter() - began


@contextmanager
def pack() -> Iterator[Any]:
    """A stub of a pack that runs as the engine runs it."""
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", "."]
    started = subprocess.Popen(command, cwd=ROOT / "policies", stdout=subprocess.PIPE, text=True)
    size = 400 * 1024 * 1024
    options = [("grpc.max_send_message_length", size), ("grpc.max_receive_message_length", size)]
    try:
        assert started.stdout is not None  # noqa: S101 - it was asked for
        with grpc.insecure_channel(f"127.0.0.1:{started.stdout.readline().strip()}", options=options) as channel:
            yield analyzer_pb2_grpc.AnalyzerStub(channel)
    finally:
        started.kill()
        started.wait()
        if started.stdout is not None:
            started.stdout.close()
