"""How well web pages are read, measured on real pages whose truth is known, beside plain trafilatura.

    python -m tests.scoreboard [SET ...] [--sample] [--worst 5] [--dump DIR] [--raise-floors]

The sets are public, and a library may have been tuned on them.
"""
