"""What is done to a value: each operator turns a column of values of one entity into a column of the same length."""
