"""The law of this folder: material that nobody here wrote, run against the product; not collected by `make test`.

`python -m tests.conformance` unpacks the archives named by SUITES and prints a scoreboard; one module a suite.
"""
