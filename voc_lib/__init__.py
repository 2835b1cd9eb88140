"""Helper library of the Voice-of-the-Customer report workflow.

The notebooks call it, the `voc` command runs them with it. Importing it does nothing: no file is read, no heavy package
loaded. Rooms and floors (who may import whom) are described in docs/architecture.md and kept by a test.
"""

__all__ = ["__version__"]

__version__ = "0.1.0"
