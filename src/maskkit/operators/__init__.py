"""What is done to a value."""
