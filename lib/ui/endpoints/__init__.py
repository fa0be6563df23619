"""The Endpoints page: who can be asked, with which key, what its models take, and what it costs."""
