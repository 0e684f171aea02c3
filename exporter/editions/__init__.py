"""Editions: what a selection becomes before a backend renders it."""
