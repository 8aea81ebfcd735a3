"""Guided flows: a plan first, one gate, live output, proof, a journal, and a way back. No screen and no printing
here.
"""
