"""Knowledge and flows: YAML with line marks -> frozen models -> one compiled file."""
