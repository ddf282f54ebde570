"""Checks a workbook, of whomever, against seventeen rules for models that others must believe.

`rules` holds the rules as data; `reading` turns a file into a `book`; `model` adds what follows
from it (`kinds` of sheets, `timelines`, inputs, `dependencies`); the checks stand in
`structure`, `over_time`, `in_formulas`, `lines`, `soundness` and `given`, and `run` joins what
they find. Files are read in a process of its own with limits (`process`).
"""
