"""The people's door: pages, cookies, redirects."""
