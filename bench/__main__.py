"""`python -m bench`."""

from .throughput import main

raise SystemExit(main())
