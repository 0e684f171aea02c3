"""Text copied from pages of KCNA Watch, and of North Korean agencies and papers."""
