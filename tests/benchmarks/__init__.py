"""Measurements of the answering and of the speed; see README.md."""
