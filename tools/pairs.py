"""Whether `platformctl diff` is right: `python -m tools.pairs [--count 200] [--seed 1] [--skip 0]` (`make pairs`).

Makes stack files that nobody wrote, two by two, brings the first up, asks what `diff` says of the second, and brings that up. Green must
come up, and red must not, but for what policies refuse on purpose. Prints each pair that is judged wrong and the counts, and exits with 1
where there is one.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence

from testkit.changes.pairs import CHAIN, Judged, judge


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.pairs", description=(__doc__ or "").partition(":")[0])
    parser.add_argument("--count", type=int, default=200, help="how many pairs")
    parser.add_argument("--seed", type=int, default=1, help="what the stack files are drawn from")
    parser.add_argument("--skip", type=int, default=0, help="leave out the first so many, in tens")
    parser.add_argument("--verbose", action="store_true", help="print every pair")
    chosen = parser.parse_args(arguments)
    counts: Counter[str] = Counter()
    wrong = 0
    for pair in judge(chosen.count, chosen.seed, chosen.skip // CHAIN * CHAIN):
        counts[pair.verdict] += 1
        wrong += not pair.right
        if chosen.verbose or not pair.right:
            print(_said(pair), flush=True)
    print(f"{counts.total()} pairs: {', '.join(f'{count} {verdict}' for verdict, count in counts.most_common())}; {wrong} judged wrong")
    return 1 if wrong else 0


def _said(pair: Judged) -> str:
    lines = [f"{'right' if pair.right else 'WRONG'} {pair.name}: {pair.verdict}; up {'succeeded' if pair.came_up else 'failed'}"]
    lines += [f"  changed {key}" for key in pair.changed]
    lines += [f"  diff: {line}" for line in pair.said]
    lines += [f"  up: {line}" for line in pair.failed]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
