"""The remote service on loopback: same paths, envelopes, states, limits and films, no money.

It shares no code with the client on purpose: a contract misread by one of them must show.
Started as `python -m sora_nb.simulator`, or inside a test by `server.make_app(config)`.
"""
