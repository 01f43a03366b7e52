"""`make bench`: what the reminder engine carries, measured beside what it is compared with, in one run.

    make bench [SIZE=small] [ONLY=planner]

Each part is a module with `run(ground, size)`; what it finds goes to the terminal and into `docs/benchmarks.md`.
"""
