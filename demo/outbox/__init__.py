"""The twin of the outside world's mail and SMS: takes SMTP and the gateway's HTTP, shows both as page and JSON."""
