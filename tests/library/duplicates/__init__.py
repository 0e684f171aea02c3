"""How well the same article is known again: pairs of real stories labelled by reading, and derived copies."""
