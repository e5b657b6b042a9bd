"""Result files: what a stage of the tests leaves behind, and what ci/test and ci/numbers read.

build/results/STAGE.json is one object:
    stage     its name
    seconds   how long it took
    passed    number of tests that passed
    failures  list of {"name": ..., "output": ...}
    skipped   number of tests that were skipped
    facts     {"what was counted or measured": number or text}, for the page of numbers
    tables    list of {"title": ..., "columns": [...], "rows": [[...], ...]}, likewise
A stage that writes no such file counts as nothing when it succeeds and as one failure when it fails.
"""

import json
import os
import pathlib
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
# A test of these scripts gives them a folder of its own.
BUILD = pathlib.Path(os.environ.get("REDOUBLE_BUILD_ROOT", ROOT / "build"))
RESULTS = BUILD / "results"
JOBS = os.cpu_count() or 2


def stage_path(stage):
    return RESULTS / (stage.replace(" ", "-") + ".json")


class Stage:
    """Collects the results of one stage; leave() writes them and gives the exit code."""

    def __init__(self, name):
        self.started = time.monotonic()
        self.record = {"stage": name, "seconds": 0.0, "passed": 0, "failures": [], "skipped": 0,
                       "facts": {}, "tables": []}
        stage_path(name).unlink(missing_ok=True)

    def passed(self, count=1):
        self.record["passed"] += count

    def skipped(self, count=1):
        self.record["skipped"] += count

    def failed(self, name, output=""):
        self.record["failures"].append({"name": name, "output": output[-20000:]})

    def fact(self, what, value):
        self.record["facts"][what] = value

    def table(self, title, columns, rows):
        self.record["tables"].append({"title": title, "columns": columns, "rows": rows})

    def leave(self):
        record = self.record
        record["seconds"] = round(time.monotonic() - self.started, 2)
        RESULTS.mkdir(parents=True, exist_ok=True)
        stage_path(record["stage"]).write_text(json.dumps(record, indent=1) + "\n")
        for failure in record["failures"]:
            print(f"FAILED {record['stage']}: {failure['name']}")
            print("".join(f"    {line}\n" for line in failure["output"].splitlines()[-60:]), end="")
        print(f"{record['stage']}: {record['passed']} passed, {len(record['failures'])} failed")
        nothing = not record["passed"] and not record["skipped"]
        return 1 if record["failures"] or nothing else 0


def read(stage):
    path = stage_path(stage)
    return json.loads(path.read_text()) if path.exists() else None


def read_all():
    return [json.loads(path.read_text()) for path in sorted(RESULTS.glob("*.json"))]
