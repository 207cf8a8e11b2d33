"""What threads that wait take from others: taggers beside busy processes, with and without what nlpcore sets."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from tests.bench.report import Benchmark, Row, percentile, spread

SENTENCES, PAUSE = 20, 0.03  # how many are tagged, and seconds between them, as when somebody types
LEFT_OUT = {"OMP_WAIT_POLICY": "", "OPENBLAS_THREAD_TIMEOUT": ""}  # set already, and to nothing
STARTS: dict[str, tuple[str, dict[str, str]]] = {
    "nlpcore": ("nlpcore", {}),
    "NumPy and torch, then nlpcore": ("numpy, torch, nlpcore", {}),
    "as before, torch.set_num_threads(1)": ("numpy, torch, nlpcore; torch.set_num_threads(1)", {}),
    "nlpcore, if it set nothing": ("nlpcore", LEFT_OUT),
}
PROGRAM = """
import {first}
import json, os, subprocess, sys, time
if {spin}:
    import onnxruntime
    onnxruntime.SessionOptions.add_session_config_entry = lambda *_: None
from nlpcore.tagging import tag, tag_chinese

taggers = {{
    "minilm-l6-ner": lambda: tag("minilm-l6-ner", "Anna Meyer lives in Berlin and works for Siemens."),
    "lac-zh": lambda: tag_chinese("lac-zh", "昨天李娜从上海飞往纽约参加联合国会议。"),
}}

def tagged(once):
    once()
    waits, processor = [], time.process_time()
    for _ in range({sentences}):
        time.sleep({pause})
        start = time.perf_counter()
        once()
        waits.append(time.perf_counter() - start)
    return waits, (time.process_time() - processor) / {sentences}

quiet = [tagged(once) for once in taggers.values()]
busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count())]
crowded = [tagged(once) for once in taggers.values()]
for process in busy:
    process.kill()
print(json.dumps(list(zip(taggers, quiet, crowded))))
"""


def measure() -> list[Row]:
    rows = []
    for start, (first, settings) in STARTS.items():
        clean = {key: value for key, value in os.environ.items() if key not in LEFT_OUT}
        program = PROGRAM.format(first=first, spin=bool(settings), sentences=SENTENCES, pause=PAUSE)
        run = [sys.executable, "-c", program]
        done = subprocess.run(run, env=clean | settings, capture_output=True, text=True, check=True, timeout=600)
        for model, (quiet, used), (crowded, _) in json.loads(done.stdout):
            row = {
                "model": model,
                "imported": start,
                "a sentence, ms": spread(quiet, 1000, 0),
                "of the processor, ms": f"{used * 1000:.0f}",
                "beside busy processes, ms": spread(crowded, 1000, 0),
                "p95 there, ms": f"{percentile(crowded, 0.95) * 1000:.0f}",
            }
            rows.append(row)
    return sorted(rows, key=lambda row: row["model"], reverse=True)


BENCHMARK = Benchmark(
    "threads",
    "Threads that wait",
    f"{SENTENCES} sentences tagged one after the other with {1000 * PAUSE:.0f} ms between them, by a program that has only "
    "nlpcore; then beside as many processes that never rest as there are cores. The processor's time is the whole "
    "program's for each sentence and the pause before it.",
    measure,
    remarks="Other programs ran on that machine at the same time, so the times hold beside each other only; they are what a "
    "program meets on a busy machine. In a program that runs, one thread for torch does as well.",
)
