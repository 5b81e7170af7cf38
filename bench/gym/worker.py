"""A robot of the gym, in a process of its own: started by the lane with what it needs as JSON, it opens the office."""

from __future__ import annotations

import json
import sys

from keywright.setup import open_records


def main() -> None:
    """Open the office, and work there until the lane has no more to say."""
    open_records()
    from bench.gym.at_work import work_on

    work_on(json.loads(sys.argv[1]))


if __name__ == "__main__":
    main()
