"""%sora and %%sora: a line of text becomes a request, or a verb becomes a call of the client."""
