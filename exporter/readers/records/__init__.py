"""Records of articles: JSON, JSON Lines and CSV."""
