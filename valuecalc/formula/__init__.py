"""The language that the lines of a case are written in.

`grammar` reads text into a `tree`; `units` checks it; walkers turn it into numbers
(`numbers`), spreadsheet text (`excel`), words with the numbers put in (`words`) and algebra
(`algebra`). `quantity` reads and writes numbers as people do.
"""
