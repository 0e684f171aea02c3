"""Parts shared by several readers."""
