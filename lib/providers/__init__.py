"""The doors to models: one dialect a module, the network in `wire` alone, and data beside them."""
