"""Check a new GPU box in at most four minutes: ``make gpu-check``, or ``python -m tests.gpu`` with any Python and torch.

Every torch model of the store on the device against the CPU, in single and half precision; what happens when the
device's memory is full; texts a second; the Google analogy test. It takes whatever models are there and says what it
left out and why. The status is 1 where anything failed.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import app  # noqa: F401 - before NumPy: how idle threads of the numerical libraries wait, as on the server
from nlpcore.models.device import best_device
from tests.gpu.running import FAILED, box, run, write

OUT = Path(__file__).parents[2] / "build" / "gpu-check.json"


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", help="cuda, cuda:1, mps or cpu (default: the best there is)")
    parser.add_argument("--seconds", type=float, default=240, help="begin nothing new after this time (240)")
    parser.add_argument("--out", type=Path, default=OUT, help="the JSON file (build/gpu-check.json)")
    args = parser.parse_args(argv)
    device = args.device or best_device()
    print(f"{box(device)}\n\n| check | model | result | detail |\n| --- | --- | --- | --- |", flush=True)
    # Fewer seconds than asked for: what has been begun is finished, and Python and torch took some to start.
    found = run(device, args.seconds - 15, lambda row: print(f"| {' | '.join(row.values())} |", flush=True))
    write(found, args.out)
    wrong = sum(row["result"] == FAILED for row in found.rows)
    print(f"\n{len(found.rows)} rows, {wrong} failed; written to {args.out.name}")
    return int(found.failed)


if __name__ == "__main__":
    raise SystemExit(main())
