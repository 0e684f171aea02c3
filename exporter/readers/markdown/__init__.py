"""Markdown notes and sites, and editions in Markdown."""
