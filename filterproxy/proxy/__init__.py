"""mitmproxy: hooks, scope of interception, start and stop."""
