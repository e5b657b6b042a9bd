"""suite.main(): runs a file's unittest cases and leaves the report that ci/ctest counts them by;
suite.fact(what, value), in a test: what was measured, for the page of numbers.

A file integration/NOUN_test.py is one CTest entry, integration_NOUN, run by /usr/bin/python3 with
    REDOUBLE_PROGRAM  the server that was built
    REDOUBLE_BUILD    the build folder
    REDOUBLE_REPORT   where the report goes (in GoogleTest's XML); none is written without it
    CXX               the compiler of this build
"""

import os
import pathlib
import sys
import unittest
import xml.etree.ElementTree as xml


facts = {}


def fact(what, value):
    facts[what] = value


class Result(unittest.TextTestResult):
    """Remembers every test with how it ended."""

    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        self.cases = []

    def note(self, test, kind=None, text=""):
        self.cases.append((test.id().removeprefix("__main__."), kind, text))

    def addSuccess(self, test):
        super().addSuccess(test)
        self.note(test)

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.note(test, "failure", self.failures[-1][1])

    def addError(self, test, error):
        super().addError(test, error)
        self.note(test, "failure", self.errors[-1][1])

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error is not None:
            self.note(subtest, "failure", (self.failures + self.errors)[-1][1])

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.note(test, "skipped", reason)


def write_report(path, cases):
    root = xml.Element("testsuites")
    group = xml.SubElement(root, "testsuite", name="python")
    for what, value in facts.items():
        xml.SubElement(group, "property", name=what, value=str(value))
    for name, kind, text in cases:
        case = xml.SubElement(group, "testcase", classname=name.rpartition(".")[0],
                              name=name.rpartition(".")[2])
        if kind:
            printable = "".join(c if c.isprintable() or c in "\n\t" else "?" for c in text)
            xml.SubElement(case, kind, message=printable)
    path.parent.mkdir(parents=True, exist_ok=True)
    xml.ElementTree(root).write(path)


def main():
    runner = unittest.TextTestRunner(resultclass=Result, verbosity=2)
    done = unittest.main(module="__main__", testRunner=runner, exit=False).result
    if "REDOUBLE_REPORT" in os.environ:
        write_report(pathlib.Path(os.environ["REDOUBLE_REPORT"]), done.cases)
    sys.exit(0 if done.wasSuccessful() and done.cases else 1)
