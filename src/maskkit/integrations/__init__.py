"""Libraries that its users already run. Each is imported only by the module that is called after it."""
