"""Jobs: the library's editions as files, one edition or one per period."""
