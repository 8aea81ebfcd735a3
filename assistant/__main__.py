"""`python -m assistant`: the same program as the `envguide` command."""

import sys

from assistant.cli import main

if __name__ == "__main__":
    sys.exit(main())
