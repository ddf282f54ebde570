"""Charts whose numbers can be changed in Word and PowerPoint: the same ones for both.

`waterfall`, `cumulative`, `tornado` and `histogram` say what a chart shows and how it looks
(`Plotted`). A slide draws it through python-pptx; `part.written` makes the two files that a
document of Word holds of it. `data` puts new numbers into a chart that somebody has formatted.
"""
