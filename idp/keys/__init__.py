"""The provider's signing keys and named secrets: made once, announced before use, published after it."""
