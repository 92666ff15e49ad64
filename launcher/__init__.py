"""What `./sodate` does, in the standard library alone: it must run before anything is installed."""
