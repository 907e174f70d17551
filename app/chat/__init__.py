"""What a conversation means: messages, template, stream parser, turn."""
