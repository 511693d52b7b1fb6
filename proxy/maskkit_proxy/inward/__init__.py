"""What goes in: tokens are turned back, plain values and probes are refused, before the upstream is asked."""
