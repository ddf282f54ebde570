"""Begins a process that does one thing to a file: the module whose name it is given.

`valuecalc.documents.sheets` starts it. The garbage collector is told before anything is loaded.
"""

from __future__ import annotations

import sys
from importlib import import_module

from valuecalc import loading

if __name__ == "__main__":
    loading.hurry()
    import_module(sys.argv[1]).main()
