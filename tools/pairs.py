"""Whether `platformctl diff` is right: `python -m tools.pairs [--count 200] [--seed 1] [--skip 0] [--results FILE]` (`make pairs`).

Makes stack files that nobody wrote, two by two, brings the first up, asks what `diff` says of the second, and brings that up. Green must
come up, and red must not, but for what policies refuse on purpose. Prints each pair that is judged wrong and the counts, and exits with 1
where there is one. A run of 200 pairs or more writes its counts into docs/rehearsal.md. With --results, chains of pairs that the file has
are taken from it, and those that it lacks are added to it, so that a run that was stopped goes on.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from testkit.changes.pairs import CHAIN, Judged, judge_chain, judged
from tools.marked import rewrite

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "rehearsal.md"
COMMAND = "python -m tools.pairs"
COUNT = 200
"""Pairs of a whole run, and the fewest that the page tells of."""


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog=COMMAND, description=(__doc__ or "").partition(":")[0])
    parser.add_argument("--count", type=int, default=COUNT, help="how many pairs")
    parser.add_argument("--seed", type=int, default=1, help="what the stack files are drawn from")
    parser.add_argument("--skip", type=int, default=0, help="leave out the first so many, in tens")
    parser.add_argument("--results", type=Path, help="where the pairs of each chain that is whole are kept, a line each")
    parser.add_argument("--verbose", action="store_true", help="print every pair")
    chosen = parser.parse_args(arguments)
    pairs = []
    for pair in _pairs(chosen):
        pairs.append(pair)
        if chosen.verbose or not pair.right:
            print(_said(pair), flush=True)
    wrong = sum(not pair.right for pair in pairs)
    print(f"{_counted(pairs)}; {wrong} judged wrong")
    if chosen.count >= COUNT and not chosen.skip:
        rewrite(PAGE, COMMAND, table(pairs))
    return 1 if wrong else 0


def _pairs(chosen: argparse.Namespace) -> Iterator[Judged]:
    held = _kept(chosen.results) if chosen.results and chosen.results.is_file() else {}
    for first in range(chosen.skip // CHAIN * CHAIN, chosen.count, CHAIN):
        name = f"{chosen.seed}-{first}"
        if name in held:
            yield from held[name]
            continue
        made = []
        for pair in judge_chain(first, chosen.seed, min(CHAIN, chosen.count - first)):
            made.append(pair)
            yield pair
        if chosen.results and chosen.count - first >= CHAIN:
            with chosen.results.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"chain": name, "pairs": [pair.to_json() for pair in made]}) + "\n")


def _kept(results: Path) -> dict[str, list[Judged]]:
    lines = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
    return {line["chain"]: [judged(pair) for pair in line["pairs"]] for line in lines}


def _counted(pairs: Sequence[Judged]) -> str:
    counts = Counter(pair.verdict for pair in pairs)
    return f"{len(pairs)} pairs: {', '.join(f'{count} {verdict}' for verdict, count in counts.most_common())}"


def table(pairs: Sequence[Judged]) -> str:
    """What `diff` said, and what came of it, in numbers."""
    right = sum(pair.right for pair in pairs)
    lines = ["| `diff` said | pairs | of those came up | of those did not |", "| --- | --- | --- | --- |"]
    for verdict in dict.fromkeys(sorted(pair.verdict for pair in pairs)):
        came_up = [pair.came_up for pair in pairs if pair.verdict == verdict]
        lines.append(f"| {verdict} | {len(came_up)} | {sum(came_up)} | {len(came_up) - sum(came_up)} |")
    return "\n".join([f"**Of {len(pairs)} pairs `diff` was right of {right}.** What policies refuse may come up without them.", "", *lines])


def _said(pair: Judged) -> str:
    lines = [f"{'right' if pair.right else 'WRONG'} {pair.name}: {pair.verdict}; up {'succeeded' if pair.came_up else 'failed'}"]
    lines += [f"  changed {key}" for key in pair.changed]
    lines += [f"  diff: {line}" for line in pair.said]
    lines += [f"  up: {line}" for line in pair.failed]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
