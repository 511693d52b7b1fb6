"""Bodies of answers: read whole, masked as one batch, written anew, looked at once more."""
