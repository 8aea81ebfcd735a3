"""envguide: cited answers about Python environments and packages, and guided flows that act on them."""

__version__ = "0.1.0"
