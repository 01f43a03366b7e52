"""`python -m devservices run`, `test [pytest's arguments]`, `backup [file]` and `restore file [--replace]`."""

import sys

from devservices import Trouble
from devservices.processes import Stopped


def main(command: str, *arguments: str) -> int:
    try:
        if command == "run":
            from devservices.run import run

            return run()
        if command == "test":
            from devservices.suite import test

            return test(list(arguments))
        if command in {"backup", "restore"}:
            from devservices import backup

            file = next((word for word in arguments if word != "--replace"), "")
            if command == "backup":
                return backup.backup(file)
            return backup.restore(file, replace="--replace" in arguments)
    except (Stopped, KeyboardInterrupt):  # the latter while there is nothing to stop yet
        return 130
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename or 'This machine'}: {error.strerror}", file=sys.stderr)
        return 1
    print(f"There is `run`, `test`, `backup` and `restore`, and no {command!r}.", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(*(sys.argv[1:] or ["nothing"])))
