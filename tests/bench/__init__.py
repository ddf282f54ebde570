"""How fast valuecalc is, beside hand-written NumPy and spreadsheet engines on the same model.

`make bench` runs it: first everybody has to agree on the numbers, then all are measured in
turns, so that what else the machine does meets all of them alike.
"""
