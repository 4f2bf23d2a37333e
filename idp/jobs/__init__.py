"""What goes on beside the server: sending, telling portals, cleaning up. One process a city; each job is a flow."""
