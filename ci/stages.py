"""The stages of ci/test: runs them in order, tells the minutes of each, and counts.

Each stage is a command of ci/ that works alone. Its output goes to build/results/STAGE.log and is
shown only where it fails. What a stage counts it leaves in build/results/STAGE.json (results.py); a
stage that fails without a failure in that file counts as one, so that none can vanish.
"""

import argparse
import collections
import os
import signal
import subprocess
import sys
import time

import results

Stage = collections.namedtuple("Stage", "name command long_command needs limit_minutes",
                               defaults=(None, (), 30))

# The slowest build comes last but one: what it needs is ready, and errors of the others show early.
STAGES = [
    Stage("lint", "ci/lint"),
    Stage("lint self-test", "ci/lint --self-test"),
    Stage("build release", "ci/build release"),
    Stage("tests release", "ci/ctest release", "ci/ctest release --long", ("build release",), 45),
    Stage("build asan", "ci/build asan"),
    Stage("tests asan", "ci/ctest asan", "ci/ctest asan --long", ("build asan",)),
    Stage("mutants", "ci/mutants", None, ("build asan",)),
    Stage("fuzz smoke", "ci/fuzz --smoke 10", "ci/fuzz --smoke 300", ("build asan",), 60),
    Stage("build tsan", "ci/build tsan"),
    Stage("tests tsan", "ci/ctest tsan", "ci/ctest tsan --long", ("build tsan",)),
]


def run(command, log, minutes):
    """The exit code of a stage; None when it ran out of time. It never runs on by itself."""
    with log.open("w") as output:
        process = subprocess.Popen(command, shell=True, cwd=results.ROOT, stdout=output,
                                   stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                   start_new_session=True)
        try:
            return process.wait(minutes * 60)
        except subprocess.TimeoutExpired:
            return None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def carry_out(stage, long):
    """(passed, names of failures, skipped, seconds) of one stage; shows the output of a failing one."""
    results.stage_path(stage.name).unlink(missing_ok=True)
    log = results.RESULTS / (stage.name.replace(" ", "-") + ".log")
    began = time.monotonic()
    command = stage.long_command if long and stage.long_command else stage.command
    code = run(command, log, stage.limit_minutes * (10 if long else 1))
    seconds = time.monotonic() - began
    record = results.read(stage.name) or {"passed": 0, "failures": [], "skipped": 0}
    failures = [f"{stage.name}: {failure['name']}" for failure in record["failures"]]
    if code != 0:
        failures = failures or [f"{stage.name}: the stage itself"]
        why = f"took more than {stage.limit_minutes} minutes" if code is None else f"exit code {code}"
        print(f"---- {stage.name}: `{command}`: {why}")
        print("\n".join(log.read_text(errors="replace").splitlines()[-200:]), flush=True)
    return record["passed"], failures, record["skipped"], seconds


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("stages", nargs="*", metavar="stage")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--setup-seconds", type=float, default=0)
    given = parser.parse_args()
    if given.list:
        print("\n".join(f"{stage.name:<16} {stage.command}" for stage in STAGES))
        return 0
    unknown = set(given.stages) - {stage.name for stage in STAGES}
    if unknown:
        sys.exit(f"ci/test: no such stage: {', '.join(sorted(unknown))} (see ci/test --list)")
    results.RESULTS.mkdir(parents=True, exist_ok=True)
    wanted = set(given.stages)
    for stage in reversed(STAGES):
        if stage.name in wanted:
            wanted.update(stage.needs)

    rows, broken = [("setup", 0, [], 0, given.setup_seconds)], set()
    for stage in STAGES:
        if wanted and stage.name not in wanted:
            continue
        if broken & set(stage.needs):
            print(f"---- {stage.name}: not run: {', '.join(stage.needs)} failed")
            row = (stage.name, 0, [f"{stage.name}: not run"], 0, 0.0)
        else:
            row = (stage.name, *carry_out(stage, given.long))
        if row[2]:
            broken.add(stage.name)
        rows.append(row)
        print(f"{row[0]:<16} {row[4] / 60:6.2f} min {row[1]:6} passed {len(row[2]):4} failed",
              flush=True)

    passed, skipped = (sum(row[column] for row in rows) for column in (1, 3))
    failures = [name for row in rows for name in row[2]]
    print("\nstage               minutes  passed  failed")
    for name, ok, wrong, _, seconds in rows:
        print(f"{name:<20} {seconds / 60:6.2f}  {ok or '':>6}  {len(wrong) or '':>6}")
    print(f"{'all':<20} {sum(row[4] for row in rows) / 60:6.2f}\n")
    if skipped:
        print(f"{skipped} tests were skipped")
    if failures:
        print("\n".join(["failed:", *(f"    {name}" for name in failures)]) + "\n")
    print(f"{passed} passed, {len(failures)} failed")
    return 1 if failures or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
