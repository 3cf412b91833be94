"""How long the book's helpers take, beside the course's own package d2l 0.17.6 and beside the practical limit.

    uv run python -m benchmarks                      every row, five times: about an hour
    uv run python -m benchmarks --rows cold sweep    some rows
    uv run python -m benchmarks --repeats 1          a first look
    uv run python -m benchmarks --save               also writes the READMEs' table and chart

Every measurement runs in a process (or a Jupyter kernel) of its own, d2l, book_utils and the limit in turn, so that
what else the machine does strikes all of them alike. The table shows medians. Both packages run the same lines, the
ones that a reader writes, with the same data and d2l's own defaults (four workers); ``rows.py`` holds them.
"""
