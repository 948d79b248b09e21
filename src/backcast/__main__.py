"""``python -m backcast`` is ``backcast``."""

from backcast.cli import main

if __name__ == "__main__":
    main(prog_name="backcast")
