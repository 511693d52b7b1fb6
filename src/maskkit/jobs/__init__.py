"""One file in, one file out: masking and unmasking files of every format."""
