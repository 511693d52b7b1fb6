"""Files as they are: streams of batches that keep every byte they were not told to change."""
