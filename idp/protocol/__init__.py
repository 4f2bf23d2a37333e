"""The rules of OAuth and OpenID Connect, free of frameworks and stores."""
