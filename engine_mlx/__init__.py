"""MLX engine for Apple Silicon."""
