"""`python -m voc_lib` is the `voc` command."""

from voc_lib.cli import main

if __name__ == "__main__":
    main()
