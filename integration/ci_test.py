#!/usr/bin/python3
"""The scripts that count tests: nothing that fails, dies or is missing may count as passed.

And ci/bench: a row is not believed if another process answers, or if the server did no work.
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import types
import unittest

import suite
from processes import Redouble

CI = pathlib.Path(__file__).resolve().parent.parent / "ci"
sys.path.insert(0, str(CI))
import measured  # noqa: E402

PASSED = '<testcase name="holds" status="run" classname="A"/>'
FAILED = '<testcase name="breaks" status="run" classname="A"><failure message="no: &lt;"/></testcase>'


def report(name, *cases):
    return f"mkdir -p reports; echo '<testsuites>{''.join(cases)}</testsuites>' >reports/{name}.xml"


class Scripts(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.build = pathlib.Path(folder.name)

    def run_script(self, *command):
        return subprocess.run([str(word) for word in command], text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT,
                              env=os.environ | {"REDOUBLE_BUILD_ROOT": str(self.build)})

    def ctest(self, **tests):
        """Runs ci/ctest on tests that are shell commands: (exit code, passed, names of failures)."""
        folder = self.build / "fake"
        folder.mkdir()
        lines = []
        for name, command in tests.items():
            script = folder / f"{name}.sh"
            script.write_text(f"cd {folder}\n{command}\n")
            if command == "missing":
                lines.append(f'add_test({name} "{folder}/nothing")\n')
                continue
            lines.append(f'add_test({name} "/bin/sh" "{script}")\n')
        (folder / "CTestTestfile.cmake").write_text("".join(lines))
        done = self.run_script(CI / "ctest", "fake", "--stage", "fake")
        record = json.loads((self.build / "results" / "fake.json").read_text())
        return done.returncode, record["passed"], [f["name"] for f in record["failures"]]

    def test_a_report_counts_its_cases_and_every_other_program_counts_one(self):
        self.assertEqual(self.ctest(unit_a=report("unit_a", PASSED, PASSED), plain="true"),
                         (0, 3, []))

    def test_a_failing_case_is_named(self):
        code, passed, failures = self.ctest(unit_a=report("unit_a", PASSED, FAILED) + "; false")
        self.assertEqual((code, passed, failures), (1, 1, ["unit_a A.breaks"]))

    def test_a_program_that_dies_counts_as_failed(self):
        code, passed, failures = self.ctest(plain="true", unit_a="kill -SEGV $$")
        self.assertEqual((code, passed, failures), (1, 1, ["unit_a"]))

    def test_a_program_that_fails_after_a_good_report_counts_as_failed(self):
        code, passed, failures = self.ctest(unit_a=report("unit_a", PASSED) + "; false")
        self.assertEqual((code, passed, failures), (1, 1, ["unit_a (the program itself)"]))

    def test_a_program_that_was_not_built_counts_as_failed(self):
        code, passed, failures = self.ctest(plain="true", unit_a="missing")
        self.assertEqual((code, passed, failures), (1, 1, ["unit_a"]))

    def test_no_tests_is_a_failure(self):
        code, passed, failures = self.ctest()
        self.assertEqual((code, passed, failures), (1, 0, ["ctest"]))

    def stages(self, *commands):
        """Runs ci/stages.py with these commands for stages; its exit code and its last line."""
        program = ("import sys, stages; stages.STAGES = [stages.Stage(f'stage {n}', c, None, ()) "
                   "for n, c in enumerate(sys.argv[1:])]; sys.argv = ['ci/test']; "
                   "sys.exit(stages.main())")
        done = subprocess.run([sys.executable, "-c", program, *commands], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env=os.environ | {"REDOUBLE_BUILD_ROOT": str(self.build),
                                                "PYTHONPATH": str(CI)})
        return done.returncode, done.stdout.splitlines()[-1]

    def leave(self, stage, passed, failures=()):
        record = {"stage": stage, "seconds": 1, "passed": passed, "skipped": 0, "facts": {},
                  "tables": [], "failures": [{"name": name, "output": ""} for name in failures]}
        path = self.build / "results" / (stage.replace(" ", "-") + ".json")
        return f"echo '{json.dumps(record)}' >{path}"

    def test_the_last_line_adds_the_stages_up(self):
        first, second = self.leave("stage 0", 2), self.leave("stage 1", 3, ["x", "y"]) + "; false"
        self.assertEqual(self.stages(first, second), (1, "5 passed, 2 failed"))
        self.assertEqual(self.stages(first), (0, "2 passed, 0 failed"))

    def test_a_stage_that_crashes_counts_as_failed(self):
        self.assertEqual(self.stages(self.leave("stage 0", 2), "kill -KILL $$"),
                         (1, "2 passed, 1 failed"))
        self.assertEqual(self.stages(self.leave("stage 0", 2) + "; exit 3"),
                         (1, "2 passed, 1 failed"))

    def test_a_result_of_an_earlier_run_does_not_count(self):
        (self.build / "results").mkdir()
        subprocess.run(self.leave("stage 0", 9), shell=True, check=True)
        self.assertEqual(self.stages("true"), (1, "0 passed, 0 failed"))


class Bench(unittest.TestCase):
    def test_a_foreign_process_on_the_port_ends_the_run(self):
        with Redouble() as server, Redouble() as foreign:
            self.assertIs(measured.checked(server), server)
            self.assertIs(measured.checked(server, server.said_pid), server)
            server.port = foreign.port
            for said_pid in (None, foreign.said_pid):
                with self.assertRaisesRegex(SystemExit, "another process answers"):
                    measured.check_owner(server, said_pid)

    def test_a_server_that_used_no_cpu_time_ends_the_run(self):
        with Redouble() as server, Redouble() as stopped:
            self.assertGreater(measured.loaded(server, ["PING"], 1, 100)[0], 0)
            stopped.child.send_signal(signal.SIGSTOP)
            os.waitpid(stopped.pid, os.WUNTRACED)
            idle = types.SimpleNamespace(port=server.port, pid=stopped.pid)
            with self.assertRaisesRegex(SystemExit, "used no CPU time"):
                measured.loaded(idle, ["PING"], 1, 100)


if __name__ == "__main__":
    suite.main()
