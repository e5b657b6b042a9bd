#!/usr/bin/python3
"""What `cmake --install` lays down: a program that runs, and a package that others can build on."""

import os
import pathlib
import subprocess
import tempfile
import unittest

import suite

HERE = pathlib.Path(__file__).resolve().parent


def run(*command):
    done = subprocess.run(list(map(str, command)), text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))}\n{done.stdout}")
    return done.stdout


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.prefix = pathlib.Path(cls.folder.name) / "prefix"
        run("cmake", "--install", os.environ["REDOUBLE_BUILD"], "--prefix", cls.prefix)

    def test_another_project_finds_builds_and_runs_the_library(self):
        build = pathlib.Path(self.folder.name) / "consumer"
        run("cmake", "-S", HERE / "consumer", "-B", build, "-G", "Ninja",
            f"-DCMAKE_PREFIX_PATH={self.prefix}", f"-DCMAKE_CXX_COMPILER={os.environ['CXX']}")
        run("cmake", "--build", build)
        self.assertEqual(run(build / "consumer_cpp"), "there, gone\n")
        self.assertEqual(run(build / "consumer_c"), "+OK\n$5\nhello\n")

    def test_every_header_is_installed(self):
        source = HERE.parent / "src"
        headers = sorted(str(p.relative_to(source)) for p in source.rglob("*.h*"))
        installed = self.prefix / "include" / "redouble"
        self.assertEqual(sorted(str(p.relative_to(installed)) for p in installed.rglob("*.h*")),
                         headers)


if __name__ == "__main__":
    suite.main()
