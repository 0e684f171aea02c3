"""Readers: bytes of one source in, articles out; `registry` lists them."""
