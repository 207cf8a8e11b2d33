"""Known vulnerabilities of what is installed: ``python -m tests.audit``, which ``make check`` runs.

pip-audit asks the package index. Where that does not answer, or is a mirror that knows nothing of vulnerabilities, this
says so loudly and is no failure: a check must pass without a network. A vulnerability is a failure unless
``tests/audit.toml`` names it with the reason why it does no harm here.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

KNOWN = Path(__file__).with_suffix(".toml")
COMMAND = ("pip_audit", "--local", "--skip-editable", "--format=json", "--progress-spinner=off", "--timeout=15")
_LOUD = "!" * 8


def ask(seconds: float = 300) -> tuple[str, str]:
    """Return what pip-audit prints: its report as JSON, empty where there is none, and its errors."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", *COMMAND], capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return "", f"no answer within {seconds:.0f} seconds"
    return done.stdout, done.stderr


def judge(report: str, errors: str, known: Mapping[str, str]) -> tuple[int, list[str]]:
    """Return the exit status and what to print. ``known``: id or alias of a vulnerability -> reason."""
    try:
        packages: list[dict[str, Any]] = json.loads(report)["dependencies"]
    except (ValueError, KeyError, TypeError):
        reason = (errors.strip().splitlines() or ["no reason given"])[-1]
        return 0, [f"{_LOUD} NOT AUDITED: nobody could be asked for known vulnerabilities ({reason}) {_LOUD}"]
    asked = [package for package in packages if "skip_reason" not in package]
    lines = []
    if not asked:
        lines.append(
            f"{_LOUD} NOT AUDITED: the index knows nothing of vulnerabilities in {len(packages)} packages {_LOUD}"
        )
    elif len(asked) < len(packages):
        unknown = sorted(package["name"] for package in packages if "skip_reason" in package)
        lines.append(f"not audited, since the index knows nothing of them: {', '.join(unknown)}")
    status, met = 0, set()
    for package in asked:
        for found in package.get("vulns", ()):
            names = [found["id"], *found.get("aliases", ())]
            excused = next((name for name in names if name in known), None)
            if excused:
                met.add(excused)
                lines.append(f"{package['name']} {package['version']}: {found['id']}, known: {known[excused]}")
                continue
            status = 1
            fixed = ", ".join(found.get("fix_versions", ())) or "no version yet"
            lines.append(f"VULNERABLE: {package['name']} {package['version']}: {', '.join(names)}; fixed in {fixed}")
    lines += [
        f"{name} is listed in {KNOWN.name} and was not found: take it out"
        for name in known
        if asked and name not in met
    ]
    if asked and not status:
        lines.append(f"{len(asked)} packages audited, no unknown vulnerability")
    return status, lines


def main() -> int:
    known: dict[str, str] = tomllib.loads(KNOWN.read_text("utf-8"))
    status, lines = judge(*ask(), known)
    print("\n".join(lines))
    return status


if __name__ == "__main__":
    sys.exit(main())
