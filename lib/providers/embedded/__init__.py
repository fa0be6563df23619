"""The embedded engine: a small model in a child process on a loopback port, shared by its users.

`model` finds and sets up the file, `lease` is what users call, `launch` starts the child,
`child` is the child, `desk` keeps it alive while someone holds a lease, `card` says where it is.
Nothing is imported here, so that the child loads no more than it needs.
"""
