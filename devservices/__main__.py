"""`python -m devservices run` and `python -m devservices test [pytest's arguments]`."""

import sys

from devservices import Trouble


def main(command: str, *arguments: str) -> int:
    try:
        if command == "run":
            from devservices.run import run

            return run()
        if command == "test":
            from devservices.suite import test

            return test(list(arguments))
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename or 'This machine'}: {error.strerror}", file=sys.stderr)
        return 1
    print(f"There is `run` and `test`, and no {command!r}.", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(*(sys.argv[1:] or ["nothing"])))
