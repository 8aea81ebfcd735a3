"""Answers, plans and events as text or JSON. The only part of the program that writes to stdout."""
