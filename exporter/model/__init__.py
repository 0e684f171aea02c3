"""The article as data: its closed set of nodes, and what builds, visits and dates them."""
