"""One module per format; runs only in the process that reads documents, never in the app's own."""
