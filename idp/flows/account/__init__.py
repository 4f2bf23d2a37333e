"""What people do with their own account: register, confirm, recover, change, close."""
