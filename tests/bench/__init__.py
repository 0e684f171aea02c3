"""Measurements, run by hand: no test depends on what they say."""
