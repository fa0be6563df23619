"""Numbers out of samples. Pure: no I/O, no drawing; imports only the vocabulary.

One method a module. Start with `summary.analyse`; what each number is stands in its module.
"""
