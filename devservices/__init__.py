"""PostgreSQL, Valkey and the service's own processes, for `make run` and `make test`: no Docker, no root.

`python -m devservices run` and `python -m devservices test`; `install.py` beside them runs before there is anything
to import, on the standard library alone.
"""


class Trouble(Exception):
    """Something foreseeable is in the way. Its text is one line that says what, and the remedy."""
