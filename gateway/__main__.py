"""The law of the door: `python -m gateway` and the `gateway` command are the same."""

from __future__ import annotations

import sys

from gateway.cli import run


def main() -> None:
    """Run the command line; ends the process with its exit code."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
