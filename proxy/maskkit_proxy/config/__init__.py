"""What the proxy is told: one file, read and checked whole."""
