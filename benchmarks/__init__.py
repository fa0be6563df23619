"""Speed and memory, as ratios against a floor that is measured in the same run.

A figure in seconds is true of one machine on one day; a ratio to what nobody could do faster there
stays true longer. `python -m benchmarks --help` says what there is.
"""
