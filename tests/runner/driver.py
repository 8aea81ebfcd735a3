"""Runs a flow in a process of its own, so that a test can kill it: python -m tests.runner.driver FLOWS MACHINE VERB
[FLOW].
"""

import json
import sys
from pathlib import Path

from assistant.machine.model import Machine
from assistant.runner import api, catalog, engine, session


def main(folder: str, machine: str, verb: str, *rest: str) -> int:
    """Say yes to everything, but for doing again what may have been done; print each event as it comes."""
    here = Machine(**json.loads(machine))
    policy = api.Policy(yes=api.parse_yes("delete,admin"))
    if verb == "run":
        known = catalog.from_folder(Path(folder))
        plan = api.make_plan(rest[0], {}, flows=known, machine=here)
        running = session.Session(engine.Engine(plan, known, policy, look=lambda: here))
    elif verb == "undo":
        running = api.undo("", policy, look=lambda: here)
    else:
        running = api.resume("", policy, look=lambda: here)
    code = 1
    for event in running.events():
        print(json.dumps(event.to_plain()), flush=True)
        if isinstance(event, api.Question):
            running.reply({"unsure": "skip", "failed": "stop"}.get(event.kind, "yes"))
        if isinstance(event, api.FlowFinished):
            code = event.exit
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
