"""Backends: an edition in, bytes of one file out; `registry` lists them."""
