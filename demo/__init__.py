"""The demo city: portals, a resource server and the twins of outside systems, each speaking only its wire protocol."""
