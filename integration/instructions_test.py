"""The instructions of a request stay within 5 % of the figures of instructions.txt, both ways.

Only pipelines: at a pipeline of 1 the count depends on how quick the client is.
Who makes a request cheaper, or has a reason to make it dearer, writes the new figure there:
ci/bench --instructions prints it.
"""

# ctest: alone

import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "ci"))

import instructions  # noqa: E402
import suite  # noqa: E402

ALLOWED = 0.05


def recorded():
    lines = (HERE / "instructions.txt").read_text().splitlines()
    return [line.split() for line in lines if line and not line.startswith("#")]


class Instructions(unittest.TestCase):
    def test_of_each_recorded_request_are_as_recorded(self):
        for command, pipeline, figure in recorded():
            with self.subTest(f"{command}, pipeline {pipeline}"):
                counted = instructions.a_request(instructions.ours, instructions.WORDS[command],
                                                 int(pipeline))
                suite.fact(f"instructions of a {command}, pipeline {pipeline}", round(counted))
                self.assertAlmostEqual(counted, float(figure), delta=ALLOWED * float(figure))


if __name__ == "__main__":
    suite.main()
