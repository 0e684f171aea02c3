"""Sources: files, archives, standard input and object storage in, articles out."""
