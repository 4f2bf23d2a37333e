"""What administrators do: register client applications, and later look after accounts and the journal."""
